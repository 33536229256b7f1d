package export_test

import (
	"io"
	"testing"

	"cartograph/export"
)

// BenchmarkRows writes a thousand rows of three cells.
func BenchmarkRows(b *testing.B) {
	rows := make([][]export.Cell, 1000)
	for i := range rows {
		rows[i] = oddRows[i%len(oddRows)]
	}
	table := tableOf("odd", oddHeader, rows, nil)
	for name, write := range map[string]func() error{
		"CSV":  func() error { return export.WriteCSV(io.Discard, table) },
		"XLSX": func() error { return export.WriteXLSX(io.Discard, table) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := write(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
