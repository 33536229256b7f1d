package embedded

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrLocked is returned by Open when another process, or another Server of this one, holds the folder.
var ErrLocked = errors.New("embedded: the folder is held by another process")

// protocolError is a refusal as the wire protocol tells it: a code, and a message that is safe to show.
type protocolError struct {
	code    int32
	message string
	// pattern and key are set on a duplicate key: the index's key pattern and the offending values, as BSON documents.
	pattern, key []byte
}

func (e *protocolError) Error() string { return e.message }

// Codes of the protocol that this engine answers with.
const (
	codeInternal            = 1
	codeBadValue            = 2
	codeFailedToParse       = 9
	codeTypeMismatch        = 14
	codeNamespaceNotFound   = 26
	codeIndexNotFound       = 27
	codePathNotViable       = 28
	codeConflictingUpdate   = 40
	codeCursorNotFound      = 43
	codeMaxTimeExpired      = 50
	codeDollarPrefixed      = 52
	codeNotSingleValue      = 54
	codeCommandNotFound     = 59
	codeImmutableField      = 66
	codeCannotCreateIndex   = 67
	codeInvalidOptions      = 72
	codeInvalidNamespace    = 73
	codeIndexOptions        = 85
	codeIndexKeySpecs       = 86
	codeOperationFailed     = 96
	codeUnsatisfiableWrite  = 100
	codeParallelArrays      = 171
	codeMemoryLimit         = 146
	codeTooLarge            = 10334
	codeDuplicateKey        = 11000
	codeOutOfDiskSpace      = 14031
	codeUnknownAccumulator  = 15952
	codeUnknownStage        = 40324
	codeMissingField        = 40414
	codeUnknownField        = 40415
	codeDuplicateField      = 40413
	codeProjectionCollision = 31250
	codeExclusionInInclude  = 31254
	codeInclusionInExclude  = 31253
	codeBadRegex            = 51091
)

// codeNames holds the codeName of each code; a code that is not here is named "Location<code>".
var codeNames = map[int32]string{
	codeInternal: "InternalError", codeBadValue: "BadValue", codeFailedToParse: "FailedToParse", codeTypeMismatch: "TypeMismatch",
	codeNamespaceNotFound: "NamespaceNotFound", codeIndexNotFound: "IndexNotFound",
	codePathNotViable: "PathNotViable", codeConflictingUpdate: "ConflictingUpdateOperators", codeCursorNotFound: "CursorNotFound",
	codeMaxTimeExpired: "MaxTimeMSExpired", codeDollarPrefixed: "DollarPrefixedFieldName", codeNotSingleValue: "NotSingleValueField",
	codeCommandNotFound: "CommandNotFound", codeImmutableField: "ImmutableField", codeCannotCreateIndex: "CannotCreateIndex",
	codeInvalidOptions: "InvalidOptions", codeInvalidNamespace: "InvalidNamespace", codeIndexOptions: "IndexOptionsConflict",
	codeIndexKeySpecs: "IndexKeySpecsConflict", codeOperationFailed: "OperationFailed", codeUnsatisfiableWrite: "UnsatisfiableWriteConcern",
	codeParallelArrays: "CannotIndexParallelArrays", codeMemoryLimit: "ExceededMemoryLimit", codeTooLarge: "BSONObjectTooLarge",
	codeDuplicateKey: "DuplicateKey", codeOutOfDiskSpace: "OutOfDiskSpace", codeMissingField: "IDLFailedToParse",
	codeUnknownField: "IDLUnknownField", codeDuplicateField: "IDLDuplicateField",
}

func codeName(code int32) string {
	if name, ok := codeNames[code]; ok {
		return name
	}

	return fmt.Sprintf("Location%d", code)
}

// refuse makes a protocolError with a formatted message.
func refuse(code int32, format string, args ...any) *protocolError {
	return &protocolError{code: code, message: fmt.Sprintf(format, args...)}
}

// asProtocol turns any error into one for the wire. What was not born as a protocolError comes from the disk.
func asProtocol(err error) *protocolError {
	var p *protocolError
	if errors.As(err, &p) {
		return p
	}

	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return refuse(codeOutOfDiskSpace, "no space left for the log; nothing of this command was written")
	}

	return refuse(codeOperationFailed, "%v", err)
}
