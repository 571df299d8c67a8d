// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// IsLocal tells whether a datastore belongs to one host: a VMFS datastore (an absent type is VMFS) in
// the mount list of exactly one host, accessible or not, unless `local` says otherwise. A VMFS on a
// shared LUN that only one host mounts today looks the same; `local: false` corrects it.
func (d Datastore) IsLocal() bool {
	// No override makes a pool of a datastore whose host is unknown or whose data is elsewhere.
	if len(d.Hosts) == 0 {
		return false
	}
	if d.Local != nil {
		return *d.Local
	}
	return len(d.Hosts) == 1 && (d.Type == "" || strings.EqualFold(d.Type, "VMFS"))
}

// IsURL tells whether a text may be the url of a datastore, as vCenter shows it and storage drivers want it.
func IsURL(url string) bool { return strings.HasPrefix(url, "ds://") }

// IsCalled tells whether a person who writes ref, a name, path or id, can mean this datastore.
func (d Datastore) IsCalled(ref string) bool {
	return d.Name == ref || d.Path == ref || d.ID != "" && d.ID == ref
}

// MountedBy tells whether all of hosts mount the datastore. The mount list is sorted since Parse.
func (d Datastore) MountedBy(hosts []string) bool {
	return len(hosts) <= len(d.Hosts) && len(d.Missing(hosts)) == 0
}

// Missing lists those of hosts that do not mount the datastore.
func (d Datastore) Missing(hosts []string) []string {
	var missing []string
	for _, h := range hosts {
		if _, mounted := slices.BinarySearch(d.Hosts, h); !mounted {
			missing = append(missing, h)
		}
	}
	return missing
}

// Locals lists the local datastores, gone ones included.
func (inv *Inventory) Locals() []Datastore {
	return slices.DeleteFunc(slices.Clone(inv.Datastores), func(d Datastore) bool { return !d.IsLocal() })
}

// Shared lists the datastores that all of hosts mount and that are not local.
func (inv *Inventory) Shared(hosts []string) []Datastore {
	return slices.DeleteFunc(slices.Clone(inv.Datastores), func(d Datastore) bool {
		return d.IsLocal() || len(d.Hosts) == 0 || d.State == Gone || !d.MountedBy(hosts)
	})
}

// IsGone tells whether a local datastore holds no machines any more: because vCenter no longer shows
// it, or no longer shows any host that mounts it.
func (inv *Inventory) IsGone(d Datastore) bool {
	if d.State == Gone {
		return true
	}
	for _, name := range d.Hosts {
		if h, ok := inv.Host(name); !ok || h.State != Gone {
			return false
		}
	}
	return len(d.Hosts) > 0
}

// Unavailable tells in words why a datastore that is not gone cannot be used right now; such a state
// passes, so it changes no output. Empty is available.
func (inv *Inventory) Unavailable(d Datastore) string {
	if d.State != "" && d.State != Connected && d.State != Gone {
		return "datastore is " + string(d.State)
	}
	reason := ""
	for _, name := range d.Hosts {
		h, _ := inv.Host(name)
		switch h.State {
		case "", Connected:
			return ""
		case Maintenance:
			reason = "host " + h.Name + " is in maintenance"
		default:
			reason = "host " + h.Name + " is " + string(h.State)
		}
	}
	return reason
}
