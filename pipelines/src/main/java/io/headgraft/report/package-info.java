/** What people read of a run: its report, and the table on the terminal. */
package io.headgraft.report;
