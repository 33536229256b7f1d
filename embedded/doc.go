// Package embedded is a small, strict, durable document store in process that speaks the MongoDB wire protocol on a Unix
// socket, so that a program which uses the official driver needs no server beside it.
//
// What it is. A folder holds the data; Open locks it, brings it into memory, and serves it at URI. Documents are kept as
// BSON, with ordered indexes beside them. It knows a portable subset of the protocol: commands.go lists the commands,
// match.go the filter operators, operators.go the update operators, aggregate.go the stages. Whatever else a client
// asks for (a command, a field, an operator, an option, a type) is refused with the protocol's error code and by its name.
//
// What it promises:
//
//   - Durability: a write is answered after it is in the log and the log is synced. Writers that come together share one
//     sync. After a crash all that was answered is there, and each write command of one message is there as a whole or not.
//   - Atomicity: a write command is worked out alone, one at a time, so that a condition in its filter still holds when the
//     document changes, and unique keys are unique.
//   - Isolation: a read command sees what was durable at one moment, over all collections, and so does its cursor however
//     long it is read. A read never waits for a writer, nor the other way around.
//   - Failure: a write that cannot be made durable is an error and is visible to no one. After a failed sync no writes are
//     taken until the folder is opened again; a full disk is an error to the writer until there is room.
//   - Recovery: a torn end of the log, which nobody was told of, is cut off and reported; any other damage is refused, with
//     its file and offset.
//
// What it is not. All data lives in memory, up to a limit beyond which writes are refused; one machine and one process hold
// it; there are no transactions, no change streams, no users (the folder is open to its owner alone), no collations, no
// Decimal128 and no server-side scripts. Who outgrows it moves to a MongoDB, whose driver and URI are the same.
package embedded
