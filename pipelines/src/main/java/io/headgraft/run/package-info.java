/**
 * A run: its configuration, its directory, what it did and on what, and the models that it ships.
 */
package io.headgraft.run;
