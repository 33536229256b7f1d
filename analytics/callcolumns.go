package analytics

import "time"

// CallColumn is one column of the call-stats export: its name in the header, and
// how its cells are read and written.
type CallColumn struct {
	Name string
	// Personal marks columns that stay empty without the scope pii:read.
	Personal bool
	// Kind is what the cells of the column are.
	Kind CellKind

	// parse reads a cell that is not empty; nil where a cell means something only
	// together with another, see parseRevenue.
	parse  func(*ImportedCall, string) error
	format func(*ImportedCall) string
	// merge takes the field over from another row that has it; nil as parse is.
	merge func(into, from *ImportedCall)
}

// CellKind is what the cells of a column are, besides empty.
type CellKind int

// The kinds of cells. An amount is a decimal in major units; several amounts are
// a list.
const (
	TextCell CellKind = iota
	BoolCell
	NumberCell
	AmountCell
	ListCell // texts joined by semicolons
	JSONCell // a JSON object
)

// Format returns the cell of a call in this column.
func (c *CallColumn) Format(call *ImportedCall) string { return GuardFormula(c.format(call)) }

// Value returns what Format returns, without the guard against formulas: for
// what is no spreadsheet.
func (c *CallColumn) Value(call *ImportedCall) string { return c.format(call) }

// CallColumns are the columns of the call-stats export, in their order.
var CallColumns = []CallColumn{
	column("status", func(c *ImportedCall) *CallStatus { return &c.Status }, parseStatus, formatString),
	column("is_test_call", func(c *ImportedCall) **bool { return &c.Test }, parseBool, formatBool),
	column("call_id", func(c *ImportedCall) *string { return &c.ID }, parseID, formatString),
	column("client_session_id", func(c *ImportedCall) *string { return &c.SessionID }, parseID, formatString),
	column("client_id", func(c *ImportedCall) *string { return &c.ClientID }, parseID, formatString),
	column("agent_id", func(c *ImportedCall) *string { return &c.AgentID }, parseID, formatString),
	column("agent_name", func(c *ImportedCall) *string { return &c.AgentName }, parseName, formatString),
	column("tracking_tag", func(c *ImportedCall) *string { return &c.TrackingTag }, parseName, formatString),
	column("queue_id", func(c *ImportedCall) *string { return &c.QueueID }, parseID, formatString),
	column("queue_name", func(c *ImportedCall) *string { return &c.QueueName }, parseName, formatString),
	column("entered_queue_time", func(c *ImportedCall) **time.Time { return &c.EnteredQueueAt }, parseTime, formatTime),
	column("seconds_in_queue", func(c *ImportedCall) **int64 { return &c.QueueWait }, parseSeconds, formatSeconds),
	column("call_start_time", func(c *ImportedCall) **time.Time { return &c.StartedAt }, parseTime, formatTime),
	column("call_end_time", func(c *ImportedCall) **time.Time { return &c.EndedAt }, parseTime, formatTime),
	column("call_duration_seconds", func(c *ImportedCall) **int64 { return &c.Duration }, parseSeconds, formatSeconds),
	column("number_of_messages_by_agent", func(c *ImportedCall) **int { return &c.MessagesByAgent }, parseCount, formatCount),
	column("number_of_messages_by_client", func(c *ImportedCall) **int { return &c.MessagesByShopper }, parseCount, formatCount),
	column("call_type", func(c *ImportedCall) *CallType { return &c.Type }, parseType, formatType),
	column("waiting_room_id", func(c *ImportedCall) *string { return &c.WaitingRoomID }, parseID, formatString),
	column("entered_waiting_room_time", func(c *ImportedCall) **time.Time { return &c.EnteredWaitingRoomAt }, parseTime, formatTime),
	column("seconds_in_waiting_room", func(c *ImportedCall) **int64 { return &c.WaitingRoomWait }, parseSeconds, formatSeconds),
	column("products_added_to_cart", func(c *ImportedCall) *[]string { return &c.AddedSKUs }, parseList, formatList),
	column("checked_out_products", func(c *ImportedCall) *[]string { return &c.CheckedOutSKUs }, parseList, formatList),
	amount(column("checked_out_value", func(c *ImportedCall) *string { return &c.CheckedOutValue }, parseDecimal, formatString)),
	column("poll_rating", func(c *ImportedCall) **float64 { return &c.PollRating }, parseRating, formatNumber),
	column("poll_scale", func(c *ImportedCall) **int { return &c.PollScale }, parseScale, formatCount),
	personal(column("poll_free_text", func(c *ImportedCall) *string { return &c.PollText }, parseText, formatString)),
	column("first_purchase_time", func(c *ImportedCall) **time.Time { return &c.FirstPurchaseAt }, parseTime, formatTime),
	column("purchased_products", func(c *ImportedCall) *[]string { return &c.PurchasedSKUs }, parseList, formatList),
	{Name: "revenue_value", Kind: ListCell, format: formatRevenueValue},
	{Name: "revenue_currency", Kind: ListCell, format: formatRevenueCurrency},
	column("number_of_purchases", func(c *ImportedCall) **int { return &c.NumberOfPurchases }, parseCount, formatCount),
	column("order_ids", func(c *ImportedCall) *[]string { return &c.OrderIDs }, parseList, formatList),
	column("blocked_time", func(c *ImportedCall) **time.Time { return &c.BlockedAt }, parseTime, formatTime),
	personal(column("blocked_note", func(c *ImportedCall) *string { return &c.BlockedNote }, parseText, formatString)),
	personal(column("shopper_first_name", func(c *ImportedCall) *Text { return &c.Shopper.FirstName }, parseShopperText, formatString)),
	personal(column("shopper_last_name", func(c *ImportedCall) *Text { return &c.Shopper.LastName }, parseShopperText, formatString)),
	personal(column("shopper_email", func(c *ImportedCall) *Text { return &c.Shopper.Email }, parseShopperText, formatString)),
	personal(column("shopper_phone", func(c *ImportedCall) *Text { return &c.Shopper.Phone }, parseShopperText, formatString)),
	personal(column("shopper_message", func(c *ImportedCall) *Text { return &c.Shopper.Message }, parseShopperText, formatString)),
	personal(column("shopper_data", func(c *ImportedCall) *Text { return &c.Shopper.Data }, parseJSON, formatString)),
	column("tried_on_products", func(c *ImportedCall) *[]string { return &c.TriedOnSKUs }, parseList, formatList),
	column("customer_tags", func(c *ImportedCall) *[]CustomerTag { return &c.CustomerTags }, ParseCustomerTags, FormatCustomerTags),
}

// column returns the column of one field, whose empty cell is the field's zero
// value.
func column[T any](name string, field func(*ImportedCall) *T, parse func(string) (T, error), format func(T) string) CallColumn {
	return CallColumn{
		Name: name,
		Kind: cellKindOf[T](),
		parse: func(c *ImportedCall, cell string) (err error) {
			*field(c), err = parse(cell)
			return err
		},
		format: func(c *ImportedCall) string { return format(*field(c)) },
		merge: func(into, from *ImportedCall) {
			if format(*field(from)) != "" {
				*field(into) = *field(from)
			}
		},
	}
}

// cellKindOf returns the kind of the cells that show fields of a type.
func cellKindOf[T any]() CellKind {
	switch any(*new(T)).(type) {
	case *bool:
		return BoolCell
	case *int, *int64, *float64:
		return NumberCell
	case []string:
		return ListCell
	case []CustomerTag:
		return JSONCell
	default:
		return TextCell
	}
}

func amount(c CallColumn) CallColumn {
	c.Kind = AmountCell
	return c
}

func personal(c CallColumn) CallColumn {
	c.Personal = true
	return c
}

// CallNames are the names that a row shows beside the ids of a call.
type CallNames struct{ Agent, Queue string }

// CallRow returns the row that the export shows of a call with its figures: all
// fields, the personal ones too.
func CallRow(c *Call, m *CallMetrics, names CallNames) *ImportedCall {
	count := m.Purchases.Count
	row := &ImportedCall{
		Status: c.Status, Test: &c.Test,
		SessionID: string(c.SessionID), ClientID: string(c.ClientID),
		AgentID: c.AgentID, AgentName: names.Agent, TrackingTag: string(c.TrackingTag),
		QueueID: c.QueueID, QueueName: names.Queue, EnteredQueueAt: c.EnteredQueueAt, QueueWait: c.QueueWait,
		StartedAt: c.StartedAt, EndedAt: c.EndedAt, Duration: c.Duration, Type: c.Type,
		WaitingRoomID: string(c.WaitingRoomID), EnteredWaitingRoomAt: c.EnteredWaitingRoomAt, WaitingRoomWait: c.WaitingRoomWait,
		AddedSKUs: c.AddedSKUs, CheckedOutSKUs: c.CheckedOutSKUs,
		FirstPurchaseAt: m.Purchases.FirstAt, PurchasedSKUs: m.Purchases.SKUs, Revenue: m.Purchases.Revenue,
		NumberOfPurchases: &count, OrderIDs: m.Purchases.OrderIDs,
		BlockedAt: c.BlockedAt, BlockedNote: string(c.BlockedNote),
		Shopper: c.Shopper, TriedOnSKUs: c.TriedOnSKUs, CustomerTags: c.CustomerTags,
	}
	if c.Status == Accepted {
		row.ID = c.CallID
		row.MessagesByAgent, row.MessagesByShopper = &c.MessagesByAgent, &c.MessagesByShopper
	}
	row.CheckedOutValue = c.CheckedOutAmount
	if c.CheckedOutValue != nil {
		row.CheckedOutValue = c.CheckedOutValue.Amount()
		row.nameCurrency(c.CheckedOutValue.Currency)
	}
	if c.Poll != nil {
		row.PollRating, row.PollScale, row.PollText = &c.Poll.Rating, &c.Poll.Scale, string(c.Poll.Text)
	}
	return row
}

// nameCurrency names the currency of the cart in the columns of the revenue, which
// has the only currencies of a row: alone where there is no revenue, and beside a
// revenue in one other currency with an amount of 0, so that the cart's value is
// not taken for one in that currency.
func (c *ImportedCall) nameCurrency(currency string) {
	switch {
	case len(c.Revenue) == 0:
		c.RevenueCurrency = currency
	case len(c.Revenue) == 1 && c.Revenue[0].Currency != currency:
		c.Revenue = MoneySums{c.Revenue[0].Currency: c.Revenue[0].Minor, currency: 0}.List()
	}
}

// CallRecord returns the cells of a row in the order of CallColumns. Without
// personal, the cells of personal columns are empty.
func CallRecord(row *ImportedCall, personal bool) []string {
	record := make([]string, len(CallColumns))
	for i := range CallColumns {
		if personal || !CallColumns[i].Personal {
			record[i] = CallColumns[i].Format(row)
		}
	}
	return record
}

// Cells returns the cells of a row that are not empty, by column: the form in
// which an imported row is kept, and which ParseCallRow reads.
func (c *ImportedCall) Cells() map[string]string {
	cells := map[string]string{}
	for i := range CallColumns {
		if cell := CallColumns[i].Format(c); cell != "" {
			cells[CallColumns[i].Name] = cell
		}
	}
	return cells
}
