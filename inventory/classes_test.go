// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"reflect"
	"testing"

	"github.com/vspread/vspread/inventory"
)

// one is an inventory with one object of each class, found by its type: a class that is added later is among them.
func one(t *testing.T) inventory.Inventory {
	t.Helper()
	var inv inventory.Inventory
	classes := 0
	v := reflect.ValueOf(&inv).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Slice || f.Type().Elem().Kind() != reflect.Struct {
			continue
		}
		x := reflect.New(f.Type().Elem()).Elem()
		for field, value := range map[string]string{"Name": "x", "Path": "/dc/x", "ID": "x-1"} {
			if f := x.FieldByName(field); f.IsValid() {
				f.SetString(value)
			}
		}
		f.Set(reflect.Append(f, x))
		classes++
	}
	if classes < 10 {
		t.Fatalf("found only %d classes", classes)
	}
	return inv
}

func TestWithoutIDsOfAllClasses(t *testing.T) {
	t.Parallel()
	inv := one(t)
	inv.InstanceID = "this"
	v := reflect.ValueOf(inv.WithoutIDs())
	if id := v.FieldByName("InstanceID").String(); id != "" {
		t.Errorf("the instance id is still %q", id)
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() > 0 {
			if id := f.Index(0).FieldByName("ID").String(); id != "" {
				t.Errorf("%s still have the id %q", v.Type().Field(i).Name, id)
			}
		}
	}
	if inv.Hosts[0].ID == "" {
		t.Error("the original lost its ids")
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	inv := one(t)
	inv.Hosts = append(inv.Hosts, inv.Hosts[0])
	inv.StoragePolicies = append(inv.StoragePolicies, inv.StoragePolicies[0])
	const want = "1 datacenter, 1 compute cluster, 2 hosts, 1 datastore, 1 datastore cluster, 1 network, 1 resource pool, 1 folder, 1 template, 2 storage policies"
	if got := inv.Contents(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := (&inventory.Inventory{}).Contents(); got != "" {
		t.Errorf("an empty inventory has %q", got)
	}
}
