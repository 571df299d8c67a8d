// SPDX-License-Identifier: Apache-2.0

// Package parallel does independent work on all processors and gives its results in order, so that nobody can tell.
package parallel

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
)

// most is how many calls run at a time, however many processors there are: each takes memory.
const most = 4

// InOrder calls a function for the numbers from 0 to n and gives its results in that order. As many calls as there are processors, and no
// more than four, run at a time, and not many more results than that wait to be taken. A panic of a call is one of the reader's. When the reader
// stops, no further calls begin.
func InOrder[R any](n int, f func(int) R) iter.Seq2[int, R] {
	workers := min(runtime.GOMAXPROCS(0), most, n)
	if workers < 2 {
		return func(yield func(int, R) bool) {
			for i := range n {
				if !yield(i, f(i)) {
					return
				}
			}
		}
	}
	return func(yield func(int, R) bool) {
		type result struct {
			value R
			panic any
		}
		waiting := make(chan chan result, 2*workers)
		running := make(chan struct{}, workers)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			defer close(waiting)
			for i := range n {
				one := make(chan result, 1)
				select {
				case <-stop:
					return
				case waiting <- one:
				}
				running <- struct{}{}
				go func() {
					var r result
					defer func() {
						if p := recover(); p != nil {
							r.panic = fmt.Sprintf("%v\n%s", p, debug.Stack())
						}
						one <- r
						<-running
					}()
					r.value = f(i)
				}()
			}
		}()
		i := 0
		for one := range waiting {
			r := <-one
			if r.panic != nil {
				panic(r.panic)
			}
			if !yield(i, r.value) {
				return
			}
			i++
		}
	}
}
