package export

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestATableBeyondASheetGoesOnInAnother(t *testing.T) {
	for _, c := range []struct {
		rows int
		want map[string][][]string
	}{
		{2, map[string][][]string{"Rows": {{"n"}, {"0"}, {"1"}}}},
		{3, map[string][][]string{"Rows": {{"n"}, {"0"}, {"1"}}, "Rows (2)": {{"n"}, {"2"}}}},
		{5, map[string][][]string{"Rows": {{"n"}, {"0"}, {"1"}}, "Rows (2)": {{"n"}, {"2"}, {"3"}}, "Rows (3)": {{"n"}, {"4"}}}},
	} {
		book := excelize.NewFile()
		defer book.Close()
		table := Table{Name: "Rows", Header: []string{"n"}, Rows: func(yield func([]Cell, error) bool) {
			for i := range c.rows {
				if !yield([]Cell{Int(i)}, nil) {
					return
				}
			}
		}}
		if err := (&sheetWriter{book: book}).write(table, 3); err != nil {
			t.Fatal(err)
		}
		file, err := book.WriteToBuffer()
		if err != nil {
			t.Fatal(err)
		}
		reopened, err := excelize.OpenReader(file)
		if err != nil {
			t.Fatal(err)
		}
		defer reopened.Close()
		got := map[string][][]string{}
		for _, sheet := range reopened.GetSheetList() {
			if got[sheet], err = reopened.GetRows(sheet); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d rows (-want +got):\n%s", c.rows, diff)
		}
	}
}

func TestGraphName(t *testing.T) {
	for name, want := range map[string]string{
		"Shares": "shares", "TotalViews": "totalViews", "SMSAlerts": "smsAlerts", "SMSAlertingRate": "smsAlertingRate", "SKU": "sku", "AverageCart": "averageCart",
	} {
		if got := graphName(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}
