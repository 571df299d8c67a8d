// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 2, 100}, 3},
	} {
		if got := Median(c.values); got != c.want {
			t.Errorf("%v: %v, not %v", c.values, got, c.want)
		}
	}
	if !math.IsNaN(Median(nil)) {
		t.Error("nothing has a median")
	}
}

func TestExponent(t *testing.T) {
	sizes := []float64{10, 100, 1000, 5000}
	for _, e := range []float64{0, 1, 1.5, 2} {
		var costs []float64
		for _, s := range sizes {
			costs = append(costs, 7*math.Pow(s, e))
		}
		if got := Exponent(sizes, costs); math.Abs(got-e) > 1e-9 {
			t.Errorf("%v, not %v", got, e)
		}
	}
	if !math.IsNaN(Exponent([]float64{10}, []float64{1})) || !math.IsNaN(Exponent([]float64{10, 10}, []float64{1, 2})) {
		t.Error("one size has a growth")
	}
}
