// Package difftest holds the tests that compare the embedded engine with a full-size one.
//
// Both get the same commands through the official driver: random collections, indexes and sequences of operations of the
// subset that package embedded promises. Replies and contents have to agree, after only that is put aside which the
// protocol leaves open (see comparison_test.go) and what is listed, with a reason, in differences_test.go and in
// docs/embedded-differences.md. The same package checks, on both, that single-document writes are atomic.
//
// The full-size engine is the server at MONGODB_TEST_URI; without it the comparing tests skip themselves.
// "scripts/full-size-engine start" starts one. Each comparing test runs a few hundred sequences, always the same ones.
// DIFFTEST_SEQUENCES has each run that many new ones instead. A sequence that fails is made as small as possible, and printed
// with the flag that repeats it.
package difftest
