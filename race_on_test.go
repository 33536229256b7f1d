//go:build race

package main

// raced says that the race detector is on, which takes ten times the CPU.
const raced = true
