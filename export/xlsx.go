package export

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// maxSheetRows is how many rows a sheet can have in any spreadsheet program; a
// table with more goes on in a further sheet.
const maxSheetRows = 1_048_576

// WriteXLSX writes a workbook with a sheet for each table. The rows go through a
// temporary file, so that memory does not grow with them, and nothing is written
// to w before all of them are read. It fails where reading a row or writing
// fails.
//
// A cell holds at most 32,767 characters there; what is longer is cut by the
// form, and whole in a CSV.
func WriteXLSX(w io.Writer, tables ...Table) (err error) {
	if err := probeTemporary(); err != nil {
		return err
	}
	book := excelize.NewFile()
	defer func() {
		if closed := book.Close(); err == nil {
			err = closed
		}
	}()
	sheets := &sheetWriter{book: book}
	for _, t := range tables {
		if err := sheets.write(t, maxSheetRows); err != nil {
			return err
		}
	}
	// The writer of the zip file is set because the usual one collects the whole
	// file in memory.
	book.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) })
	_, err = book.WriteTo(w)
	return err
}

// probeTemporary fails where no temporary file can be made: the rows would stay
// in memory, however many they are.
func probeTemporary() error {
	file, err := os.CreateTemp("", "cartograph-")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	_ = file.Close()
	return os.Remove(file.Name())
}

// sheetWriter adds sheets to a workbook, one after the other.
type sheetWriter struct {
	book *excelize.File
	some bool // the sheet that a new workbook has is in use
}

// write writes a table to a sheet, and to further ones beyond maxRows.
func (s *sheetWriter) write(t Table, maxRows int) error {
	var sheet *excelize.StreamWriter
	begin := func(name string) (err error) {
		if sheet, err = s.add(name); err != nil {
			return err
		}
		header := make([]any, len(t.Header))
		for i, column := range t.Header {
			header[i] = column
		}
		return sheet.SetRow("A1", header)
	}
	if err := begin(t.Name); err != nil {
		return err
	}
	values := make([]any, len(t.Header))
	at, part := 1, 1
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		if at == maxRows {
			part++
			if err := sheet.Flush(); err != nil {
				return err
			}
			if err := begin(fmt.Sprintf("%s (%d)", t.Name, part)); err != nil {
				return err
			}
			at = 1
		}
		at++
		for i, cell := range row {
			values[i] = cell.value()
		}
		if err := sheet.SetRow("A"+strconv.Itoa(at), values); err != nil {
			return err
		}
	}
	return sheet.Flush()
}

// add adds a sheet whose header stays in view.
func (s *sheetWriter) add(name string) (*excelize.StreamWriter, error) {
	var err error
	if s.some {
		_, err = s.book.NewSheet(name)
	} else {
		err = s.book.SetSheetName(s.book.GetSheetName(0), name)
	}
	if err != nil {
		return nil, err
	}
	s.some = true
	sheet, err := s.book.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	return sheet, sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// value returns the cell as excelize takes it.
func (c Cell) value() any {
	if c.text == "" {
		return nil
	}
	if !c.number {
		return c.text
	}
	n, err := strconv.ParseFloat(c.text, 64)
	if err != nil {
		return c.text
	}
	return n
}
