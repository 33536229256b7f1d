package export

import (
	"encoding/csv"
	"io"
)

// WriteCSV writes a table as RFC 4180 has it, in UTF-8 and with lines that end in
// LF: a CRLF would blur with those inside of cells. It fails where reading a row
// or writing fails; what was written until then is no whole file.
func WriteCSV(w io.Writer, t Table) error {
	out := csv.NewWriter(w)
	if err := out.Write(t.Header); err != nil {
		return err
	}
	record := make([]string, len(t.Header))
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		for i, cell := range row {
			record[i] = cell.text
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
