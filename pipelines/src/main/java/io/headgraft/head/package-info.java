/**
 * Heads: one softmax layer of a row a label on standardized features, and what trains it. All
 * trainers minimize the same objective, the mean cross entropy plus an L2 penalty on the weights.
 */
package io.headgraft.head;
