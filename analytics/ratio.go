package analytics

// Ratio is a rate shown with what it was made of.
type Ratio struct {
	Numerator   int
	Denominator int
}

// Value returns numerator / denominator, or nil where the denominator is 0.
func (r Ratio) Value() *float64 {
	if r.Denominator == 0 {
		return nil
	}
	v := float64(r.Numerator) / float64(r.Denominator)
	return &v
}
