// Package export writes what is read out as files and rows: tables as CSV and
// XLSX, calls as the columns of the call-stats export, and the call statistics
// that integrators fetch over HTTP.
//
// Rows are read in batches behind cursors and written as they come. So memory
// does not grow with a table, nothing is held open for a reader who is slow, and
// nothing is read for one who is gone. What fails in the middle breaks the
// connection off: no file that was cut short looks whole.
package export
