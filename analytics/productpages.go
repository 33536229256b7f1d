package analytics

import "slices"

// ProductCallConnection is a page of the calls that a product was met in.
type ProductCallConnection struct {
	*CallConnection
	Product *Product
}

// ProductCallEdge is one of these calls.
type ProductCallEdge struct {
	CallEdge
	Product *Product
}

// Edges returns the calls with their cursors.
func (c *ProductCallConnection) Edges() []ProductCallEdge {
	edges := make([]ProductCallEdge, len(c.CallConnection.Edges))
	for i, edge := range c.CallConnection.Edges {
		edges[i] = ProductCallEdge{edge, c.Product}
	}
	return edges
}

// Met returns those of a call's products that mean the product of the edge.
func (e *ProductCallEdge) Met(products []ProductInCall) []ProductInCall {
	met := []ProductInCall{}
	for _, p := range products {
		if slices.Contains(e.Product.SKUs, p.SKU) {
			met = append(met, p)
		}
	}
	return met
}

// ProductLiveEventConnection is a page of the live events that a product was
// displayed in.
type ProductLiveEventConnection struct {
	*LiveEventConnection
	Product *Product
}

// ProductLiveEventEdge is one of these live events.
type ProductLiveEventEdge struct {
	LiveEventEdge
	Product *Product
}

// Edges returns the live events with their cursors.
func (c *ProductLiveEventConnection) Edges() []ProductLiveEventEdge {
	edges := make([]ProductLiveEventEdge, len(c.LiveEventConnection.Edges))
	for i, edge := range c.LiveEventConnection.Edges {
		edges[i] = ProductLiveEventEdge{edge, c.Product}
	}
	return edges
}
