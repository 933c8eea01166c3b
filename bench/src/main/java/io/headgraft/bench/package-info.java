/** Benchmarks, against ourselves and against peers. */
package io.headgraft.bench;
