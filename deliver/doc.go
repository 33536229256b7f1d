// Package deliver sends webhooks: it takes what is due from the repository, makes
// the body of what happened as it is known at that moment, signs it in the form of
// Standard Webhooks, and records how each attempt ended.
//
// Any number of gateways may do so on one database: whoever sends has claimed the
// delivery for a minute before, and a claim whose gateway died passes to the next.
// So each is sent by one at a time, and at least once.
package deliver
