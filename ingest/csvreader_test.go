package ingest

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// written is a row as tests compare it.
type written struct {
	Line  int
	Cells []string
	Fault string
	At    [2]int // line and cell of the fault
}

func readAllRows(t testing.TB, in io.Reader) []written {
	t.Helper()
	r := newCSVReader(in, nil)
	var rows []written
	for {
		row, err := r.next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		w := written{Line: row.line, Cells: row.cells}
		if row.fault != nil {
			w = written{Line: row.line, Fault: row.fault.message, At: [2]int{row.fault.line, row.fault.cell}}
		}
		rows = append(rows, w)
	}
}

func TestCSVReader(t *testing.T) {
	const (
		neverClosed = "the quote that opens here is never closed"
		middle      = "the quote that opens here is closed in the middle of a cell, or never"
		notWithin   = "the quote that opens here is not closed within 1 MiB"
		bare        = "a quote stands inside a cell that does not begin with one"
		tooLarge    = "the cell is larger than 1 MiB"
	)
	long := strings.Repeat("x", maxCell+1)
	half := strings.Repeat("y", maxCell/2)
	for _, test := range []struct {
		name string
		in   string
		want []written
	}{
		{"nothing has no rows", "", nil},
		{"rows end with any line end, or with the file", "a,b\nc\r\nd,\re",
			[]written{{1, []string{"a", "b"}, "", [2]int{}}, {2, []string{"c"}, "", [2]int{}}, {3, []string{"d", ""}, "", [2]int{}}, {4, []string{"e"}, "", [2]int{}}}},
		{"an empty line is a row of one empty cell", "\na",
			[]written{{1, []string{""}, "", [2]int{}}, {2, []string{"a"}, "", [2]int{}}}},
		{"quoted cells hold commas, quotes and lines as they are", "\"a,b\",\"say \"\"hi\"\"\",\"one\ntwo\r\nthree\rfour\"\nnext",
			[]written{{1, []string{"a,b", `say "hi"`, "one\ntwo\r\nthree\rfour"}, "", [2]int{}}, {5, []string{"next"}, "", [2]int{}}}},
		{"a quote left open costs its own line only", "a,\"open\nb,c\nd,e\n",
			[]written{{1, nil, neverClosed, [2]int{1, 1}}, {2, []string{"b", "c"}, "", [2]int{}}, {3, []string{"d", "e"}, "", [2]int{}}}},
		{"a quote left open before quoted cells costs its own line only", "a,\"open\nb,\"c,d\"\n",
			[]written{{1, nil, middle, [2]int{1, 1}}, {2, []string{"b", "c,d"}, "", [2]int{}}}},
		{"a quote left open in the last line is named", "a\nb,\"open",
			[]written{{1, []string{"a"}, "", [2]int{}}, {2, nil, neverClosed, [2]int{2, 1}}}},
		{"a quote closed in the middle of a cell costs its line", "\"a\"b,c\nd",
			[]written{{1, nil, middle, [2]int{1, 0}}, {2, []string{"d"}, "", [2]int{}}}},
		{"a quote inside a plain cell costs its row", "5\" screen,\"two\nlines\"\nd",
			[]written{{1, nil, bare, [2]int{1, 0}}, {3, []string{"d"}, "", [2]int{}}}},
		{"a plain cell that is too large costs its row", "a," + long + ",b\nc",
			[]written{{1, nil, tooLarge, [2]int{1, 1}}, {2, []string{"c"}, "", [2]int{}}}},
		{"a quoted cell that is too large costs its row", "a,\"" + long + "\",b\nc",
			[]written{{1, nil, tooLarge, [2]int{1, 1}}, {2, []string{"c"}, "", [2]int{}}}},
		{"a quote that stays open for more than a cell costs its line", "\"a\nb\n" + half + "\n" + half + "\nc,d",
			[]written{{1, nil, notWithin, [2]int{1, 0}}, {2, []string{"b"}, "", [2]int{}}, {3, []string{half}, "", [2]int{}},
				{4, []string{half}, "", [2]int{}}, {5, []string{"c", "d"}, "", [2]int{}}}},
		{"what is not UTF-8 is named by its cell", "a,b\xff\nc",
			[]written{{1, nil, "the cell is not UTF-8 text", [2]int{1, 1}}, {2, []string{"c"}, "", [2]int{}}}},
		{"a zero byte is named by its cell", "a,b\x00\nc",
			[]written{{1, nil, "the cell holds a zero byte", [2]int{1, 1}}, {2, []string{"c"}, "", [2]int{}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, readAllRows(t, strings.NewReader(test.in))); diff != "" {
				t.Errorf("rows differ (-want +got):\n%s", diff)
			}
			if len(test.in) > 1000 {
				return
			}
			if diff := cmp.Diff(test.want, readAllRows(t, iotest.OneByteReader(strings.NewReader(test.in)))); diff != "" {
				t.Errorf("rows differ when bytes come one by one (-want +got):\n%s", diff)
			}
		})
	}
}

// endless is a file that never stops: one byte, over and over.
type endless struct{ b byte }

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.b
	}
	return len(p), nil
}

func TestCSVReaderMemoryStaysFlat(t *testing.T) {
	for name, in := range map[string]io.Reader{
		"a cell of 100 MB":                 io.LimitReader(endless{'x'}, 100<<20),
		"a quoted cell of 100 MB":          io.MultiReader(strings.NewReader(`"`), io.LimitReader(endless{'x'}, 100<<20)),
		"a row of 100 million empty cells": io.LimitReader(endless{','}, 100<<20),
		"a quote open over 10 MB of lines": io.MultiReader(strings.NewReader(`"`), io.LimitReader(endless{'\n'}, 10<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			r := newCSVReader(in, nil)
			for {
				if _, err := r.next(); err == io.EOF {
					break
				}
			}
			if held := cap(r.buf) + cap(r.cell); held > 8<<20 {
				t.Errorf("the reader holds %d bytes", held)
			}
		})
	}
}

func TestCSVReaderReadsWhatACSVWriterWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.StringOfN(rapid.RuneFrom([]rune("a,\"\n ;'=é")), 0, 6, -1), rapid.String())
		text := rapid.Custom(func(t *rapid.T) string {
			return strings.NewReplacer("\x00", "", "\r", "").Replace(strings.ToValidUTF8(cell.Draw(t, "cell"), ""))
		})
		records := rapid.SliceOf(rapid.SliceOfN(text, 2, 5)).Draw(t, "records")
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
		if w.UseCRLF { // the writer turns line ends inside of cells into CRLF, too
			for _, record := range records {
				for i := range record {
					record[i] = strings.ReplaceAll(record[i], "\n", "")
				}
			}
		}
		if err := w.WriteAll(records); err != nil {
			t.Fatal(err)
		}
		var got [][]string
		r := newCSVReader(iotest.HalfReader(&file), nil)
		for {
			row, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil || row.fault != nil {
				t.Fatal(err, row.fault)
			}
			got = append(got, row.cells)
		}
		if len(records) == 0 {
			records = nil
		}
		if diff := cmp.Diff(records, got); diff != "" {
			t.Errorf("cells differ (-written +read):\n%s", diff)
		}
	})
}

func TestCSVReaderNamesWhatReadingFailedWith(t *testing.T) {
	broken := errors.New("unexpected end of the archive")
	in := io.MultiReader(strings.NewReader("a,b\nc,d\ne,"), iotest.ErrReader(broken))
	r := newCSVReader(in, nil)
	var cells [][]string
	for {
		row, err := r.next()
		if err != nil {
			if !errors.Is(err, broken) {
				t.Errorf("got %v, want %v", err, broken)
			}
			break
		}
		cells = append(cells, row.cells)
	}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"c", "d"}}, cells); diff != "" {
		t.Errorf("whole rows before the end differ (-want +got):\n%s", diff)
	}
}

// FuzzCSVReader holds that reading ends, that rows stand in the order of the
// file, and that a file which encoding/csv reads too has the same cells.
func FuzzCSVReader(f *testing.F) {
	for _, seed := range []string{
		"", "a,b\nc,d\n", "\"a\nb\",c\r\nd", "a\"b,\"c\n\"d\ne", "\"\"\"\n\"", "\xff,\x00\n", "a,\"open\nb,\"c\"\n", "\r\r\n\"\r\n", ",,,\n\n\"\"",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var got [][]string
		faults, line := 0, 0
		r := newCSVReader(bytes.NewReader(file), nil)
		for {
			row, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if row.line <= line {
				t.Fatalf("line %d after line %d", row.line, line)
			}
			line = row.line
			if row.fault != nil {
				faults++
				continue
			}
			if row.width != 1 || row.cells[0] != "" {
				got = append(got, row.cells)
			}
		}
		if bytes.ContainsAny(file, "\r\x00") || !utf8.Valid(file) {
			return
		}
		reference := csv.NewReader(bytes.NewReader(file))
		reference.FieldsPerRecord = -1
		records, err := reference.ReadAll()
		if (err != nil) != (faults > 0) {
			t.Fatalf("encoding/csv: %v; here %d rows are at fault", err, faults)
		}
		if err != nil {
			return
		}
		var want [][]string
		for _, record := range records {
			if len(record) != 1 || record[0] != "" {
				want = append(want, record)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cells differ (-encoding/csv +here):\n%s", diff)
		}
	})
}
