// Package crashtest holds the test that kills an embedded engine over and over while it is written to.
//
// A child process, the test binary started again, serves one folder. Eight writers work on it over its socket, and each
// keeps a ledger of what was acknowledged to it, and of the one write whose answer it did not get. The child is killed at a
// random moment: while it serves, writes a snapshot, or recovers from the kill before. Then another child opens the same
// folder, and all that it holds is checked against the ledgers, and every index against the documents.
//
// The child is killed 20 times, or as often as CRASHTEST_ROUNDS says. CRASHTEST_SEED repeats the choices of the writers and the delays
// before the kills; what the two meet at is still up to the machine.
package crashtest
