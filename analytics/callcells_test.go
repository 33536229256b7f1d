package analytics

import "testing"

func TestGuardFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"":           "",
		"Anna":       "Anna",
		"a=1":        "a=1",
		" Anna":      " Anna",
		"=1+1":       "'=1+1",
		"+31 20 123": "'+31 20 123",
		"-1":         "'-1",
		"@SUM(A1)":   "'@SUM(A1)",
		"'quoted":    "''quoted",
		"\t=1+1":     "'\t=1+1",
		"\r=1+1":     "'\r=1+1",
		"\n+1":       "'\n+1",
		"  =1+1":     "'  =1+1",
		"\u00a0=1+1": "'\u00a0=1+1",
		"＝1+1":       "'＝1+1",
		"＋1":         "'＋1",
		"－1":         "'－1",
		"＠SUM(A1)":   "'＠SUM(A1)",
		"\xff":       "\xff",
		"שלום":       "שלום",
	} {
		got := GuardFormula(cell)
		if got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
		if back := unguardFormula(got); back != cell {
			t.Errorf("%q comes back as %q", cell, back)
		}
	}
}
