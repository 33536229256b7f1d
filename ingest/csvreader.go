package ingest

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"cartograph/analytics"
)

// Bounds of the memory that reading CSV takes, whatever is in the file.
const (
	maxCell     = 1 << 20   // bytes; the longest texts of real exports have some thousand
	maxRow      = 4 << 20   // bytes; a row has to fit into a document of 16 MB
	maxCells    = 1024      // of a row; the rest is counted only
	csvReadSize = 64 * 1024 // bytes read at a time

	maxEmptyReads = 100 // of a reader that returns nothing and no error
)

// csvRow is one row as it stands in the file.
type csvRow struct {
	line  int // where it begins, from 1
	cells []string
	width int // the number of cells, also of those beyond maxCells
	fault *csvFault
}

// csvFault says what is wrong with the writing of a row, and where.
type csvFault struct {
	line, cell int
	message    string
}

// blank reports whether no cell of the row has anything in it.
func (r *csvRow) blank() bool {
	return r.width <= maxCells && !slices.ContainsFunc(r.cells, func(cell string) bool { return cell != "" })
}

// size returns how many bytes the cells have.
func (r *csvRow) size() int {
	size := 0
	for _, cell := range r.cells {
		size += len(cell)
	}
	return size
}

// csvReader reads rows of comma-separated cells as RFC 4180 has them, with any
// line ends. Unlike encoding/csv it never holds more than maxCell of a cell, and
// it goes on after a row at fault: after a quote that is never closed with the
// line below it. Text inside a quoted cell beyond maxCell is then read as rows,
// which is the price of not losing the rest of a file to one quote.
type csvReader struct {
	in      io.Reader
	buf     []byte
	pos     int // of the next byte in buf
	mark    int // where reading goes on after a fault, in buf; -1: nowhere
	line    int // of the next byte
	read    int64
	onRead  func(bytes int64)
	readErr error // what ended reading
	atEnd   bool  // the current row reached that end

	markLine int
	cell     []byte
	began    int // the line of the cell
	row      csvRow
	size     int // of the row
}

func newCSVReader(in io.Reader, onRead func(bytes int64)) *csvReader {
	return &csvReader{in: in, mark: -1, line: 1, onRead: onRead}
}

// next returns the next row; its fault, if any, stands in it. It fails with
// io.EOF after the last one, and with what reading failed with.
func (r *csvReader) next() (*csvRow, error) {
	r.atEnd = false
	if _, ok := r.peek(); !ok {
		return nil, r.readErr
	}
	r.row = csvRow{line: r.line}
	r.size = 0
	for more := true; more; {
		r.cell, r.began = r.cell[:0], r.line
		r.mark = -1
		c, ok := r.peek()
		if ok && c == '"' {
			r.pos++
			more = r.quotedCell()
		} else {
			more = r.plainCell(true)
		}
	}
	r.mark = -1
	if r.atEnd && r.readErr != io.EOF {
		return nil, r.readErr
	}
	return &r.row, nil
}

// plainCell reads the rest of a cell without quotes and reports whether another
// cell follows. Where keep is false the cell was at fault and is not kept.
func (r *csvReader) plainCell(keep bool) (more bool) {
	for {
		c, ok := r.peek()
		if !ok {
			r.endCell(keep)
			return false
		}
		r.pos++
		switch {
		case c == ',':
			r.endCell(keep)
			return true
		case c == '\n' || c == '\r':
			r.lineEnd(c)
			r.endCell(keep)
			return false
		case c == '"' && keep:
			r.fail("a quote stands inside a cell that does not begin with one")
			keep = false
		case keep:
			keep = r.append(c)
		}
	}
}

// quotedCell reads a cell after its opening quote and reports whether another
// cell follows.
func (r *csvReader) quotedCell() (more bool) {
	for keep := true; ; {
		c, ok := r.peek()
		if !ok {
			r.fail("the quote that opens here is never closed")
			return r.resume()
		}
		r.pos++
		switch {
		case c == '"' && r.closesCell():
			return r.plainCell(keep)
		case c == '"' && !r.skip('"'):
			r.fail("the quote that opens here is closed in the middle of a cell, or never")
			if r.mark >= 0 {
				return r.resume()
			}
			return r.plainCell(false)
		case c == '\n' || c == '\r':
			end := r.lineEnd(c)
			if !keep {
				return r.resume()
			}
			if r.mark < 0 {
				r.mark, r.markLine = r.pos, r.line
			}
			for i := 0; keep && i < len(end); i++ {
				keep = r.append(end[i])
			}
		case keep:
			keep = r.append(c)
		}
		if !keep && r.mark >= 0 {
			return r.resume()
		}
	}
}

// closesCell reports whether the quote just read is the end of its cell.
func (r *csvReader) closesCell() bool {
	c, ok := r.peek()
	return !ok || c == ',' || c == '\n' || c == '\r'
}

// skip reads the next byte if it is c, and reports whether it was.
func (r *csvReader) skip(c byte) bool {
	after, ok := r.peek()
	if !ok || after != c {
		return false
	}
	r.pos++
	return true
}

// resume ends a row at fault: reading goes on below the line its quote opened
// on, or where it stands if that line has not ended.
func (r *csvReader) resume() (more bool) {
	if r.mark >= 0 {
		r.pos, r.line = r.mark, r.markLine
	}
	r.endCell(false)
	return false
}

// append adds a byte to the cell, or names the cell or row too large and reports
// false.
func (r *csvReader) append(c byte) bool {
	switch {
	case len(r.cell) == maxCell && r.mark >= 0:
		r.fail("the quote that opens here is not closed within 1 MiB")
	case len(r.cell) == maxCell:
		r.fail("the cell is larger than 1 MiB")
	case r.size == maxRow:
		r.fail("the row is larger than 4 MiB")
	default:
		r.cell = append(r.cell, c)
		r.size++
		return true
	}
	return false
}

// endCell adds the cell to the row; only its place, where it is not to be kept.
func (r *csvReader) endCell(keep bool) {
	if keep && r.row.fault == nil && len(r.row.cells) < maxCells {
		switch {
		case !utf8.Valid(r.cell):
			r.fail("the cell is not UTF-8 text")
		case bytes.IndexByte(r.cell, 0) >= 0:
			r.fail("the cell holds a zero byte")
		}
		r.row.cells = append(r.row.cells, string(r.cell))
	}
	r.row.width++
}

// fail notes what is wrong with the current cell, at the line it began on; the
// first fault of a row stands.
func (r *csvReader) fail(message string) {
	if r.row.fault == nil {
		r.row.fault = &csvFault{line: r.began, cell: r.row.width, message: message}
	}
}

// lineEnd counts the end of a line after its first byte was read, and returns it:
// the \n after a \r belongs to it.
func (r *csvReader) lineEnd(first byte) string {
	r.line++
	switch {
	case first == '\n':
		return "\n"
	case r.skip('\n'):
		return "\r\n"
	default:
		return "\r"
	}
}

// peek returns the next byte, or false at the end of what can be read.
func (r *csvReader) peek() (byte, bool) {
	if r.pos == len(r.buf) && !r.fill() {
		r.atEnd = true
		return 0, false
	}
	return r.buf[r.pos], true
}

// fill reads more, after dropping what reading does not go back to.
func (r *csvReader) fill() bool {
	if r.readErr != nil {
		return false
	}
	from := r.pos
	if r.mark >= 0 {
		from = r.mark
		r.mark = 0
	}
	kept := copy(r.buf, r.buf[from:])
	r.pos -= from
	r.buf = append(r.buf[:kept], make([]byte, csvReadSize)...)
	n := 0
	for tries := 0; n == 0 && r.readErr == nil; tries++ {
		if tries == maxEmptyReads {
			r.readErr = io.ErrNoProgress
			break
		}
		n, r.readErr = r.in.Read(r.buf[kept:])
	}
	r.buf = r.buf[:kept+n]
	r.read += int64(n)
	if r.onRead != nil {
		r.onRead(r.read)
	}
	return n > 0
}

// textStart skips the byte order mark of UTF-8. It fails with BadUserInput for an
// empty file and for one in UTF-16.
func (r *csvReader) textStart() error {
	for len(r.buf) < 4 && r.fillMore() {
	}
	start := r.buf
	switch {
	case len(start) == 0 && r.readErr == io.EOF:
		return analytics.Errorf(analytics.BadUserInput, "the file is empty")
	case len(start) == 0:
		return r.readErr
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")),
		len(start) > 1 && (start[0] == 0 || start[1] == 0):
		return analytics.Errorf(analytics.BadUserInput, "the file is in UTF-16: save it as CSV in UTF-8")
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		r.pos = 3
	}
	return nil
}

// fillMore reads more behind what is in the buffer.
func (r *csvReader) fillMore() bool {
	r.mark = 0
	defer func() { r.mark = -1 }()
	return r.fill()
}
