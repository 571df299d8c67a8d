// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// The longest that a commit may take until all has come to rest.
const commitLimit = 8 * time.Minute

// run is a scenario that is played.
type run struct {
	Scenario
	management *Management
	workload   *Workload
	vcenter    *VCenter
	repository *Repository
	gitops     GitOps
	log        func(string, ...any)
	stop       []func()

	// pools are the datastores of all pools so far.
	pools map[string]string
	// peak is the largest number of machines that each pool had since the last commit, those on their way out included.
	peak map[string]int
	rows []row
}

// newRun starts what a scenario has for itself: a vCenter, a workload cluster and a repository.
func newRun(ctx context.Context, s Scenario, management *Management, programs, dir string, log func(string, ...any)) (*run, error) {
	r := &run{Scenario: s, management: management, log: log, gitops: GitOps{client: management}, pools: map[string]string{}}
	var err error
	if r.vcenter, err = startVCenter(ctx); err != nil {
		return r, err
	}
	r.stop = append(r.stop, r.vcenter.Close)
	r.repository, err = newRepository(dir, "scenarios/shared", filepath.Join(programs, "vspread"), s.Name, r.vcenter, log)
	if err != nil {
		return r, err
	}
	if r.workload, err = newWorkload(programs, s.Name, r.vcenter, management); err != nil {
		return r, err
	}
	r.stop = append(r.stop, r.workload.Stop)
	guests, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); r.workload.run(guests, log) }()
	r.stop = append(r.stop, func() { cancel(); <-done })

	// What is in a management cluster before git is: the namespace, and the secrets.
	cluster := map[string]string{clusterv1.ClusterNameLabel: s.Name}
	if err := management.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.Name}}); err != nil {
		return r, err
	}
	if err := management.Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Name, Name: "vcenter"},
		StringData: map[string]string{"username": simulated.Username, "password": simulated.Password}}); err != nil {
		return r, err
	}
	return r, management.Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Name, Name: s.Name + "-kubeconfig", Labels: cluster},
		Data:       map[string][]byte{"value": r.workload.KubeConfig},
	})
}

// close stops what the scenario started, the last first.
func (r *run) close() {
	for _, f := range slices.Backward(r.stop) {
		f()
	}
}

// play makes a commit, follows it to its end, and compares.
func (r *run) play(ctx context.Context, c Commit) error {
	start := time.Now()
	if len(c.Lose) > 0 {
		if err := r.vcenter.Lose(ctx, c.Lose...); err != nil {
			return err
		}
	}
	state, err := r.look(ctx)
	if err != nil {
		return err
	}
	before := sets.New[types.UID]()
	for _, m := range state.Machines {
		before.Insert(m.UID)
	}
	had := state
	r.peak = map[string]int{}
	if err := r.scale(ctx, c.Autoscaler); err != nil {
		return err
	}
	objects, err := r.repository.commit(ctx, c, r.KeepOutput)
	if len(c.Refused) > 0 {
		return r.refused(c, err, len(state.Clones))
	}
	if err != nil {
		return err
	}
	foreseen, err := r.repository.plan(ctx)
	if err != nil {
		return err
	}
	rendered := time.Since(start)
	if err := r.gitops.Apply(ctx, objects); err != nil {
		return err
	}
	if state, err = r.settle(ctx); err != nil {
		return err
	}
	r.log("%s: rendered after %.1f s, at rest after %.1f s", c.Name, rendered.Seconds(), time.Since(start).Seconds())
	for name, p := range c.Want.Pools {
		r.pools[name] = p.or(c.Want.Each).Datastore
	}
	r.rows = append(r.rows, rows(c.Name, state, before)...)
	drift, err := r.gitops.Drift(ctx)
	if err != nil {
		return err
	}
	errs := []error{
		c.Want.check(state, before, r.peak),
		strays(state.Clones, r.pools, c.Want.ControlPlane.Datastore),
		unexpected(drift, c.Want.Drift),
		foreseen.check(had, state, r.peak),
	}
	if !c.Plain {
		errs = append(errs, r.repository.vspread(ctx, "verify", "."))
	}
	return errors.Join(append(errs, r.repository.remember())...)
}

// scale does what the cluster autoscaler does.
func (r *run) scale(ctx context.Context, replicas map[string]int32) error {
	for name, n := range replicas {
		d := &clusterv1.MachineDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: r.Name, Name: name}}
		patch := client.RawPatch(types.MergePatchType, fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, n))
		if err := r.management.Patch(ctx, d, patch, client.FieldOwner("cluster-autoscaler")); err != nil {
			return err
		}
	}
	return nil
}

// refused checks that vspread said no, and why, and that nothing was asked of vCenter since.
func (r *run) refused(c Commit, err error, clones int) error {
	var refusal *refusalError
	if !errors.As(err, &refusal) {
		return fmt.Errorf("vspread must refuse this, and says: %w", errors.Join(err, errors.New("(nothing)")))
	}
	r.log("%s: refused, as it must be:\n%s", c.Name, refusal.stderr)
	var errs []error
	for _, words := range c.Refused {
		if !strings.Contains(refusal.stderr, words) {
			errs = append(errs, fmt.Errorf("the refusal does not say %q:\n%s", words, refusal.stderr))
		}
	}
	if now := len(r.vcenter.Clones()); now != clones {
		errs = append(errs, fmt.Errorf("%d clones were asked for meanwhile", now-clones))
	}
	return errors.Join(errs...)
}

// settle waits until all has come to rest and stays so.
func (r *run) settle(ctx context.Context) (*State, error) {
	var state *State
	rest := 0
	err := waitFor(ctx, commitLimit, func() error {
		var err error
		if state, err = r.look(ctx); err != nil {
			return err
		}
		if err := state.always(); err != nil {
			return &finalError{err}
		}
		for _, d := range state.Deployments {
			r.peak[d.Name] = max(r.peak[d.Name], len(state.of(d.Name)))
		}
		if err := state.unrest(); err != nil {
			rest = 0
			return err
		}
		// A controller may not have seen yet what was applied.
		if rest++; rest < 10 {
			return errors.New("it has only just come to rest")
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, r.dump(state))
	}
	return state, nil
}

// dump tells all that may help to see why it does not come to rest.
func (r *run) dump(s *State) string {
	var b strings.Builder
	if s == nil {
		return ""
	}
	for _, d := range s.Deployments {
		fmt.Fprintf(&b, "MachineDeployment %s\n", d.Name)
		writeConditions(&b, d.Status.Conditions)
	}
	for _, set := range s.Sets {
		fmt.Fprintf(&b, "MachineSet %s\n", set.Name)
		writeConditions(&b, set.Status.Conditions)
	}
	for _, m := range s.Machines {
		fmt.Fprintf(&b, "Machine %s %s\n", m.Name, m.Status.Phase)
		writeConditions(&b, m.Status.Conditions)
	}
	for _, o := range slices.Concat(s.InfraMachines, s.InfraVMs, s.ControlPlanes) {
		fmt.Fprintf(&b, "%s %s\n", o.GetKind(), o.GetName())
		writeUnstructuredConditions(&b, o)
	}
	for _, name := range slices.Sorted(maps.Keys(s.VMs)) {
		fmt.Fprintf(&b, "virtual machine %+v\n", s.VMs[name])
	}
	for _, m := range r.management.managers {
		fmt.Fprintf(&b, "the end of %s:\n%s", m.log, m.tail(12, r.Name))
	}
	return b.String()
}
