package export_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/export"
)

// tableOf returns a table of rows, which end with an error if there is one.
func tableOf(name string, header []string, rows [][]export.Cell, err error) export.Table {
	return export.Table{Name: name, Header: header, Rows: func(yield func([]export.Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}}
}

func ptr[T any](v T) *T { return &v }

var (
	oddHeader = []string{"text", "number", "time"}
	oddRows   = [][]export.Cell{
		{export.Text("plain"), export.Int(3), export.Time(time.Date(2026, 3, 1, 10, 30, 0, 0, time.FixedZone("", 3600)))},
		{export.Text(`she said "hi", twice`), export.Float(ptr(-1.5)), export.Time(time.Date(2026, 3, 1, 9, 30, 0, 250e6, time.UTC))},
		{export.Text("two\nlines\r\nand ; more"), export.Float(nil), {}},
		{export.Text("=1+1"), export.Decimal("12.50"), {}},
		{export.Text("+49"), export.Decimal(""), {}},
		{export.Text("-x"), {}, {}},
		{export.Text("@x"), {}, {}},
		{export.Text("'x"), {}, {}},
		{export.Text("日本語 naïve ☎ שלום"), {}, {}},
		{export.Text(" 007 "), export.Int(-7), {}},
	}
)

func TestWriteCSV(t *testing.T) {
	var got bytes.Buffer
	if err := export.WriteCSV(&got, tableOf("odd", oddHeader, oddRows, nil)); err != nil {
		t.Fatal(err)
	}
	want := "text,number,time\n" +
		"plain,3,2026-03-01T09:30:00Z\n" +
		`"she said ""hi"", twice",-1.5,2026-03-01T09:30:00.250Z` + "\n" +
		"\"two\nlines\r\nand ; more\",,\n" +
		"'=1+1,12.50,\n'+49,,\n'-x,,\n'@x,,\n''x,,\n日本語 naïve ☎ שלום,,\n\" 007 \",-7,\n"
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("file differs (-want +got):\n%s", diff)
	}
}

func TestWriteXLSX(t *testing.T) {
	var file bytes.Buffer
	err := export.WriteXLSX(&file, tableOf("Odd", oddHeader, oddRows, nil), tableOf("Nothing", []string{"a"}, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	book := reopen(t, file.Bytes())
	if diff := cmp.Diff([]string{"Odd", "Nothing"}, book.GetSheetList()); diff != "" {
		t.Fatalf("sheets differ (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"text", "number", "time"},
		{"plain", "3", "2026-03-01T09:30:00Z"},
		{`she said "hi", twice`, "-1.5", "2026-03-01T09:30:00.250Z"},
		{"two\nlines\r\nand ; more"},
		{"'=1+1", "12.5"},
		{"'+49"}, {"'-x"}, {"'@x"}, {"''x"},
		{"日本語 naïve ☎ שלום"},
		{" 007 ", "-7"},
	}
	if diff := cmp.Diff(want, cells(t, book, "Odd")); diff != "" {
		t.Errorf("cells differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"a"}}, cells(t, book, "Nothing")); diff != "" {
		t.Errorf("cells differ (-want +got):\n%s", diff)
	}
	t.Run("numbers are numbers, texts are texts, and nothing is a formula", func(t *testing.T) {
		for cell, want := range map[string]excelize.CellType{"B2": excelize.CellTypeUnset, "A2": excelize.CellTypeInlineString, "A5": excelize.CellTypeInlineString} {
			if got, err := book.GetCellType("Odd", cell); err != nil || got != want {
				t.Errorf("%s has type %v, want %v (%v)", cell, got, want, err)
			}
			if formula, err := book.GetCellFormula("Odd", cell); err != nil || formula != "" {
				t.Errorf("%s has formula %q (%v)", cell, formula, err)
			}
		}
	})
}

func TestATableThatCannotBeReadToItsEndIsNoFile(t *testing.T) {
	broken := errors.New("broken")
	table := tableOf("odd", oddHeader, oddRows, broken)
	if err := export.WriteCSV(new(bytes.Buffer), table); !errors.Is(err, broken) {
		t.Errorf("CSV: got %v", err)
	}
	var file bytes.Buffer
	if err := export.WriteXLSX(&file, table); !errors.Is(err, broken) || file.Len() > 0 {
		t.Errorf("XLSX: got %v after %d bytes", err, file.Len())
	}
}

// TestFilesHoldWhatWasWritten holds for cells of any text that a file can carry.
func TestFilesHoldWhatWasWritten(t *testing.T) {
	text := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune(`=+-@'";,{}\ éΩ漢_x0041&<>`+"\n\t")), 0, 12, -1),
		rapid.StringOfN(rapid.RuneFrom([]rune{'a', 0x1F600, 0x0627, 0x4E2D, 0xD7FF, 0xE000, 0xFFFD}), 0, 12, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(text, 1, 8).Draw(t, "texts")
		var rows [][]export.Cell
		var want []string
		for _, s := range texts {
			rows = append(rows, []export.Cell{export.Int(1), export.Text(s)})
			want = append(want, analytics.GuardFormula(s))
		}
		table := tableOf("T", []string{"n", "text"}, rows, nil)
		var file bytes.Buffer
		if err := export.WriteCSV(&file, table); err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, record := range records[1:] {
			got = append(got, record[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("CSV differs (-want +got):\n%s", diff)
		}
		file.Reset()
		if err := export.WriteXLSX(&file, table); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenReader(&file)
		if err != nil {
			t.Fatal(err)
		}
		read, err := book.GetRows("T")
		if err != nil {
			t.Fatal(err)
		}
		got = nil
		for _, row := range read[1:] {
			got = append(got, append(row, "")[1])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("XLSX differs (-want +got):\n%s", diff)
		}
	})
}

func reopen(t *testing.T, file []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// cells returns the cells of a sheet, without empty ones at the ends of rows.
func cells(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
