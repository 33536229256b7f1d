package ingest

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"cartograph/analytics"
)

// requiredColumns are those that say which call a row is of and place it in
// time; the others may be missing.
var requiredColumns = []string{"status", "call_id", "client_session_id", "queue_id", "entered_queue_time", "call_start_time"}

// readHeader reads the first row that is not blank. It fails with BadUserInput
// where a required column is missing or one stands twice, and reports columns
// that are none of call statistics: their cells are not read.
func (m *callImport) readHeader(rows *csvReader) error {
	row, err := rows.next()
	for err == nil && row.fault == nil && row.blank() {
		row, err = rows.next()
	}
	switch {
	case err == io.EOF:
		return analytics.Errorf(analytics.BadUserInput, "the file is empty")
	case err != nil:
		return err
	case row.fault != nil:
		return analytics.Errorf(analytics.BadUserInput, "line %d, the header: %s", row.fault.line, row.fault.message)
	case row.width > maxCells:
		return analytics.Errorf(analytics.BadUserInput, "line %d, the header: %d columns, at most %d are read", row.line, row.width, maxCells)
	}
	if separator := otherSeparator(row); separator != "" {
		return analytics.Errorf(analytics.BadUserInput, "line %d, the header: the columns are separated by %s: export with commas", row.line, separator)
	}
	return m.settleColumns(row)
}

// settleColumns finds the columns of call statistics in the header.
func (m *callImport) settleColumns(row *csvRow) error {
	known := 0
	m.columns = make([]string, len(row.cells))
	for i, cell := range row.cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		switch {
		case !isCallColumn(name):
			m.report(row.line, short(cell), analytics.Errorf(analytics.BadUserInput, "not a column of call statistics; it is left out"))
		case slices.Contains(m.columns, name):
			return analytics.Errorf(analytics.BadUserInput, "line %d, the header: the column %s stands twice", row.line, name)
		default:
			known++
			m.columns[i] = name
		}
	}
	var missing []string
	for _, name := range requiredColumns {
		if !slices.Contains(m.columns, name) {
			missing = append(missing, name)
		}
	}
	switch {
	case known == 0:
		return analytics.Errorf(analytics.BadUserInput, "line %d is no header of call statistics: none of its columns is known", row.line)
	case len(missing) > 0:
		return analytics.Errorf(analytics.BadUserInput, "line %d, the header: missing %s", row.line, strings.Join(missing, ", "))
	}
	return nil
}

func isCallColumn(name string) bool {
	return slices.ContainsFunc(analytics.CallColumns, func(c analytics.CallColumn) bool { return c.Name == name })
}

// otherSeparator returns in words what separates the columns of a header without
// commas, or "" if nothing does.
func otherSeparator(row *csvRow) string {
	if row.width > 1 {
		return ""
	}
	switch header := row.cells[0]; {
	case strings.Contains(header, ";"):
		return "semicolons"
	case strings.Contains(header, "\t"):
		return "tabs"
	default:
		return ""
	}
}

// short cuts a name that is quoted in a message.
func short(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return fmt.Sprintf("%s…", strings.ToValidUTF8(name[:most], ""))
}
