// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"context"
	"slices"
	"sync"
)

// workers is how many requests run at a time.
const workers = 8

// each asks once for each id. The first error ends it.
func each[T any](ctx context.Context, ids []string, get func(context.Context, string) (*T, error)) (map[string]*T, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	queue := make(chan string)
	out := make(map[string]*T, len(ids))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range min(workers, len(ids)) {
		wg.Go(func() {
			for id := range queue {
				v, err := get(ctx, id)
				if err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				out[id] = v
				mu.Unlock()
			}
		})
	}
	for _, id := range ids {
		select {
		case queue <- id:
		case <-ctx.Done():
		}
	}
	close(queue)
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return out, nil
}
