/** The programs: the command line and the classes that {@code spark-submit} starts. */
package io.headgraft.jobs;
