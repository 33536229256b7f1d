package analytics

// ExportFailureCode says why a download was broken off.
type ExportFailureCode string

// The reasons: the reader was gone or too slow, the gateway stopped or died, the
// database was slow or away, what the file is of is gone, and a fault.
const (
	ReaderGone        ExportFailureCode = "READER_GONE"
	GatewayStopped    ExportFailureCode = "GATEWAY_STOPPED"
	ExportTimeout     ExportFailureCode = "TIMEOUT"
	ExportUnavailable ExportFailureCode = "UNAVAILABLE"
	ExportNotFound    ExportFailureCode = "NOT_FOUND"
	ExportFault       ExportFailureCode = "INTERNAL"
)

// ExportFailure is why a download was broken off. Its message follows from the
// code, so that it tells of no person and of nothing inside.
type ExportFailure struct {
	Code    ExportFailureCode
	Message string
}

// exportFailures are what people read.
var exportFailures = map[ExportFailureCode]string{
	ReaderGone:        "the connection was closed, or nothing was taken from it for a minute",
	GatewayStopped:    "the gateway that wrote the file stopped",
	ExportTimeout:     "the database took too long",
	ExportUnavailable: "the database cannot be reached",
	ExportNotFound:    "the live event is not there any more",
	ExportFault:       "internal error",
}

// ExportFailureOf returns the code of an error that broke a download off.
func ExportFailureOf(err error) ExportFailureCode {
	switch CodeOf(err) {
	case Timeout:
		return ExportTimeout
	case Unavailable:
		return ExportUnavailable
	case NotFound:
		return ExportNotFound
	}
	return ExportFault
}

// Failure returns why the last download failed; nil where it did not, and where
// nobody noted it.
func (e *Export) Failure() *ExportFailure {
	message, known := exportFailures[e.FailureCode]
	if e.State != ExportFailed || !known {
		return nil
	}
	return &ExportFailure{e.FailureCode, message}
}
