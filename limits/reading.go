package limits

import "encoding/json"

// bytesPerPoint is how many bytes of a document are read for a point: the worst of
// 15,000 bytes takes as long to validate as 750 points take to be answered.
const bytesPerPoint = 20

// ReadingPoints returns what it costs to parse and validate a text.
func ReadingPoints(text string) int {
	return 1 + min(len(text), MaxText)/bytesPerPoint
}

// bytesPerVariablePoint is how many bytes of variables are taken for a point: to
// read, check and look for a mebibyte of them takes as long as some hundreds of
// points take to be answered.
const bytesPerVariablePoint = 1 << 10

// VariablePoints returns what it costs to take the variables or the extensions of
// a request: nothing for what most have.
func VariablePoints(values map[string]any) int { return sizeOf(values) / bytesPerVariablePoint }

// sizeOf returns about how many bytes a value has in JSON.
func sizeOf(value any) int {
	size := 1
	switch value := value.(type) {
	case string:
		size += len(value)
	case json.Number:
		size += len(value)
	case []any:
		for _, item := range value {
			size += sizeOf(item)
		}
	case map[string]any:
		for name, item := range value {
			size += len(name) + sizeOf(item)
		}
	}
	return size
}
