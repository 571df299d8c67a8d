// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// kubernetesVersion finds a version in a text: of a machine, or in the name that a template's builder gave it.
var kubernetesVersion = regexp.MustCompile(`v(\d+)\.(\d+)\.(\d+)`)

// maxSkew is how many minor versions a kubelet may be older than the API server
// (https://kubernetes.io/releases/version-skew-policy/). Before Kubernetes 1.28 it was two.
const (
	maxSkew       = 3
	maxSkewOfOld  = 2
	firstWithMore = 28
)

// checkVersion reports machines that could not join their control plane, or whose template is named for another
// version than they are to run. Cluster API holds new machines back for the same reasons
// (MachineSet preflight checks), where nobody looks.
func checkVersion(version, controlPlane string, machine *yaml.Node, kubeadm bool, g group, diags *diag.List) {
	template := tree.String(machine, "template")
	once := strings.Join([]string{"version", version, controlPlane, template, strconv.FormatBool(kubeadm)}, " ")
	if g.said[once] {
		return // of another pool
	}
	g.said[once] = true
	at := g.at.Dot("version")
	worker := kubernetesVersion.FindStringSubmatch(version)
	if worker == nil {
		return // a variable, or reported
	}
	if control := kubernetesVersion.FindStringSubmatch("v" + strings.TrimPrefix(controlPlane, "v")); control != nil {
		checkSkew(version, controlPlane, worker, control, kubeadm, at, diags)
	}
	// Only kubeadm's images hold a kubelet, and a name may have other versions in it, such as the image's own.
	if named := kubernetesVersion.FindAllString(path.Base(template), -1); kubeadm && len(named) > 0 && !slices.Contains(named, worker[0]) {
		message := fmt.Sprintf("the machines of group %s are to run %s, and their template is named for %s: %s", g.Name, worker[0], named[0], template)
		if g.said[message] {
			return // of another pool
		}
		g.said[message] = true
		diags.Warnf(diag.TemplateVersion, at, "%s", message).
			WithHint("change version and template together; nodes run what their template holds")
	}
}

func checkSkew(version, controlPlane string, worker, control []string, kubeadm bool, at diag.Where, diags *diag.List) {
	if worker[1] != control[1] {
		return
	}
	minor, _ := strconv.Atoi(worker[2])
	of, _ := strconv.Atoi(control[2])
	allowed := maxSkew
	if of < firstWithMore {
		allowed = maxSkewOfOld
	}
	switch {
	case minor > of:
		diags.Errorf(diag.VersionSkew, at, "%s is newer than the control plane's %s, which no kubelet may be", version, controlPlane).
			WithHint("upgrade the control plane first")
	case of-minor > allowed:
		diags.Errorf(diag.VersionSkew, at, "%s is %d minor versions older than the control plane's %s, and %d is the most", version, of-minor, controlPlane, allowed).
			WithHint("upgrade the workers")
	case minor < of && kubeadm:
		diags.Warnf(diag.VersionSkew, at, "%s is of another minor version than the control plane's %s, so no new machine can join: neither for scaling up nor in place of a broken one", version, controlPlane).
			WithHint("upgrade the workers next; kubeadm joins machines of the control plane's minor version only")
	}
}
