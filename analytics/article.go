package analytics

import "strings"

// Article is what is known of the thing that a SKU of a product stands for.
type Article struct {
	// Several: the SKU stands for more than one thing that is sold, each with a
	// SKU of its own.
	Several bool
	Name    string
	Price   *Money // now; nil: unknown
	InStock *bool  // nil: unknown
}

// Article returns what a SKU of the product stands for: the size that has it,
// else the variation, else the product itself. A SKU of none of them is the
// product.
func (p *Product) Article(sku string) Article {
	article := Article{Name: p.Name, Several: len(p.Variations) > 0}
	if p.Price != nil {
		article.Price = &p.Price.Current
	}
	for i := range p.Variations {
		v := &p.Variations[i]
		for k := range v.Sizes {
			if s := &v.Sizes[k]; s.SKU == sku {
				if s.Price != nil {
					article.Price = &s.Price.Current
				}
				return Article{Name: joinNames(p.Name, string(v.Name), string(s.Name)), Price: article.Price, InStock: s.InStock}
			}
		}
	}
	for i := range p.Variations {
		if v := &p.Variations[i]; v.SKU == sku {
			return Article{Name: joinNames(p.Name, string(v.Name)), Price: article.Price, Several: len(v.Sizes) > 0}
		}
	}
	return article
}

// joinNames joins the names that are there.
func joinNames(names ...string) string {
	var there []string
	for _, name := range names {
		if name != "" {
			there = append(there, name)
		}
	}
	return strings.Join(there, ", ")
}
