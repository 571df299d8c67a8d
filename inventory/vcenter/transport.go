// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	attempts     = 4
	longestPause = 30 * time.Second
)

// patient sends a request again when the server is busy or the connection breaks. It reads the whole answer, so
// that a broken one counts as well: a page of an inventory is a few megabytes, and intake bounds it. It follows no redirection.
type patient struct {
	next    http.RoundTripper
	intake  *intake
	timeout time.Duration
	// pause is the wait before the second attempt; it doubles.
	pause time.Duration
}

type onceKey struct{}

// once marks requests that are not reads. They are repeated only where the server says that it did nothing:
// a login whose answer is lost has opened a session.
func once(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, true)
}

// RoundTrip sends a request until it is answered. An answer that is no success becomes a *status.
func (p *patient) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		if e := req.Body.Close(); err == nil {
			err = e
		}
		if err != nil {
			return nil, err
		}
	}
	single := req.Context().Value(onceKey{}) != nil
	pause := p.pause
	for n := 1; ; n++ {
		res, wait, err := p.attempt(req, body)
		if err == nil || n == attempts || req.Context().Err() != nil || !again(err, single) {
			return res, err
		}
		timer := time.NewTimer(min(max(pause, wait), longestPause))
		select {
		case <-req.Context().Done():
			timer.Stop()
			return nil, req.Context().Err()
		case <-timer.C:
		}
		pause *= 2
	}
}

// attempt sends the request once. wait is what the server asks for.
func (p *patient) attempt(req *http.Request, body []byte) (res *http.Response, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(req.Context(), p.timeout)
	defer cancel()
	r := req.Clone(ctx)
	if req.Body != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
	}
	res, err = p.next.RoundTrip(r)
	var answer []byte
	if err == nil {
		answer, err = p.intake.read(res)
		_ = res.Body.Close() // what mattered has been read
		if err == nil {
			err = ctx.Err() // a server may end an answer properly when it sees that nobody waits any more
		}
	}
	if err != nil {
		if ctx.Err() != nil && req.Context().Err() == nil {
			err = &slow{p.timeout}
		}
		return nil, 0, err
	}
	fault := res.StatusCode == http.StatusInternalServerError && strings.Contains(res.Header.Get("Content-Type"), "xml")
	// The simulator names no type for its faults.
	fault = fault || res.StatusCode == http.StatusInternalServerError && bytes.Contains(answer[:min(len(answer), 512)], []byte("Envelope"))
	if res.StatusCode >= 300 && !fault {
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			wait = time.Duration(seconds) * time.Second
		}
		return nil, wait, &status{res.StatusCode, req.URL.Path, target(req, res)}
	}
	if res.StatusCode == http.StatusNoContent && req.Method != http.MethodDelete {
		return nil, 0, errNonsense // nothing, where there should be something
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	return res, 0, nil
}

func again(err error, single bool) bool {
	var s *status
	if errors.As(err, &s) {
		switch s.code {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			return true
		case http.StatusBadGateway, http.StatusGatewayTimeout:
			return !single
		}
		return false
	}
	return !single && broken(err)
}

// broken tells whether the connection ended in the middle.
func broken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// target is the host that an answer sends on to, or nothing.
func target(req *http.Request, res *http.Response) string {
	if u, err := req.URL.Parse(res.Header.Get("Location")); err == nil && res.StatusCode < 400 && res.Header.Get("Location") != "" {
		return u.Host
	}
	return ""
}

// status is an answer that is no success.
type status struct {
	code int
	path string
	// to is where it sends on to.
	to string
}

func (e *status) Error() string {
	return fmt.Sprintf("%s answers %d %s", e.path, e.code, http.StatusText(e.code))
}

// slow is a request that took too long.
type slow struct{ after time.Duration }

func (e *slow) Error() string { return "no answer within " + e.after.String() }
