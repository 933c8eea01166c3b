/**
 * Features on Spark: a transformer that turns images into features, the cache that keeps them, and
 * the job that extracts what the cache lacks.
 */
package io.headgraft.features;
