package embedded

const (
	pageBits = 5 // documents, or pages, in a page: 2 to the power of this
	pageMask = 1<<pageBits - 1
)

// documents are the documents of a collection by their seq, in a tree of pages. Like those of a tree of keys, pages of its
// own epoch are changed in place, and others are copied first.
type documents struct {
	root   *page
	height int // levels above the pages with documents
	epoch  uint64
}

// page has either documents or further pages; what is not there is nil.
type page struct {
	epoch uint64
	docs  *[1 << pageBits][]byte
	pages *[1 << pageBits]*page
}

// thaw returns the same documents, to be changed; d must not be changed any more.
func (d *documents) thaw() documents { return documents{d.root, d.height, d.epoch + 1} }

// get returns the document, nil when there is none.
func (d *documents) get(seq uint64) []byte {
	if seq>>(pageBits*(d.height+1)) != 0 {
		return nil
	}

	p := d.root
	for level := d.height; p != nil && level > 0; level-- {
		p = p.pages[seq>>(pageBits*level)&pageMask]
	}
	if p == nil {
		return nil
	}

	return p.docs[seq&pageMask]
}

// set puts a document in its place; nil removes it.
func (d *documents) set(seq uint64, doc []byte) {
	for seq>>(pageBits*(d.height+1)) != 0 {
		d.height++
		if d.root != nil {
			d.root = &page{epoch: d.epoch, pages: &[1 << pageBits]*page{d.root}}
		}
	}
	d.root = d.put(d.root, d.height, seq, doc)
}

// put returns p, or what it becomes, with the document in its place below: nil when nothing is left in it.
func (d *documents) put(p *page, level int, seq uint64, doc []byte) *page {
	p = d.own(p, level)
	at := seq >> (pageBits * level) & pageMask
	if level == 0 {
		p.docs[at] = doc
	} else {
		p.pages[at] = d.put(p.pages[at], level-1, seq, doc)
	}
	if doc == nil && p.empty() {
		return nil
	}

	return p
}

// own returns p if it may be changed, else a copy; a new page for nil.
func (d *documents) own(p *page, level int) *page {
	if p != nil && p.epoch == d.epoch {
		return p
	}

	own := &page{epoch: d.epoch}
	if level == 0 {
		own.docs = new([1 << pageBits][]byte)
	} else {
		own.pages = new([1 << pageBits]*page)
	}
	if p != nil && level == 0 {
		*own.docs = *p.docs
	} else if p != nil {
		*own.pages = *p.pages
	}

	return own
}

func (p *page) empty() bool {
	if p.docs != nil {
		for _, doc := range p.docs {
			if doc != nil {
				return false
			}
		}
		return true
	}

	return *p.pages == [1 << pageBits]*page{}
}
