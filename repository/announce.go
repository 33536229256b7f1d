package repository

// Announce sets what hears that something changed: the topic, and for a cart
// its version, else 0. It is called after what changed is stored, must return at
// once, and must be set before the repository is used. A notice may be lost with
// the process; who watches has to look now and then all the same.
func (r *Repository) Announce(hear func(topic string, version int64)) { r.hear = hear }

func (r *Repository) announce(topic string, version int64) {
	if r.hear != nil {
		r.hear(topic, version)
	}
}
