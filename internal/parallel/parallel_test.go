// SPDX-License-Identifier: Apache-2.0

package parallel_test

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vspread/vspread/internal/parallel"
)

func TestInOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 7, 1000} {
		want := 0
		for i, r := range parallel.InOrder(n, func(i int) int {
			time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond)
			return i * i
		}) {
			if i != want || r != i*i {
				t.Fatalf("result %d is %d, want number %d", i, r, want)
			}
			want++
		}
		if want != n {
			t.Errorf("%d results of %d", want, n)
		}
	}
}

// Whoever reads slowly or stops is not overrun.
func TestInOrderWaits(t *testing.T) {
	t.Parallel()
	var begun atomic.Int64
	for i := range parallel.InOrder(100_000, func(i int) int { begun.Add(1); return i }) {
		if i == 10 {
			break
		}
	}
	if n := begun.Load(); n > 1000 {
		t.Errorf("%d calls for 11 results", n)
	}
}

func TestInOrderPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "out of luck") {
			t.Errorf("got %v", p)
		}
	}()
	for range parallel.InOrder(100, func(i int) int {
		if i == 50 {
			panic("out of luck")
		}
		return i
	}) {
	}
}
