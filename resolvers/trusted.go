package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/limits"
	"cartograph/transport"
)

// trustedDocuments puts the document that a request names in its place, and
// turns away those that are not known where that is enforced.
type trustedDocuments struct {
	known *limits.Trusted // nil: nobody handed any over
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.HandlerExtension
} = trustedDocuments{}

// ExtensionName names it among the extensions of gqlgen.
func (trustedDocuments) ExtensionName() string { return "TrustedDocuments" }

// Validate has nothing to check at the start.
func (trustedDocuments) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters fails as limits.Trusted does, and with NotFound for
// any id where no documents were handed over.
func (d trustedDocuments) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	id := transport.TakeDocumentID(request)
	if d.known == nil {
		if id != "" && request.Query == "" {
			return gqlerror.Wrap(analytics.Errorf(analytics.NotFound, "there is no document of this id"))
		}
		return nil
	}
	text, err := d.known.Text(ctx, id, request.Query)
	if err != nil {
		return gqlerror.Wrap(err)
	}
	request.Query = text
	return nil
}
