/**
 * Images and labels: what a data set lists, which split each image belongs to, and which files are
 * not used and why.
 */
package io.headgraft.dataset;
