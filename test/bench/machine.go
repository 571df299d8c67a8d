// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"debug/buildinfo"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// field finds the value of a key in a file of lines "key: value", as /proc has them.
func field(path, key string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// memoryMiB reads an entry of /proc/meminfo.
func memoryMiB(key string) (float64, bool) {
	kibibytes, err := strconv.ParseFloat(strings.TrimSuffix(field("/proc/meminfo", key), " kB"), 64)
	return kibibytes / 1024, err == nil
}

// availableMiB is how much memory may be taken; where the system does not say, any.
func availableMiB() float64 {
	if available, ok := memoryMiB("MemAvailable"); ok {
		return available
	}
	return math.Inf(1)
}

// machine says what was measured on.
func machine() string {
	model := field("/proc/cpuinfo", "model name")
	if model == "" {
		model = runtime.GOARCH
	}
	memory := "memory unknown"
	if total, ok := memoryMiB("MemTotal"); ok {
		memory = fmt.Sprintf("%.0f GiB of memory", total/1024)
	}
	load := ""
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = fmt.Sprintf("; load over the last 15 minutes %s", strings.Fields(string(text))[2])
	}
	return fmt.Sprintf("%d cores, %s, %s, %s/%s%s", runtime.NumCPU(), model, memory, runtime.GOOS, runtime.GOARCH, load)
}

// versions says what was measured: the modules that the programs were built from. It reads much, so it comes last: a child counts
// the size that its parent had.
func (b *bench) versions() string {
	var out []string
	goVersion := ""
	for _, name := range []string{helm, jsonnet, ytt, cue, kustomize} {
		if info, err := buildinfo.ReadFile(b.program(name)); err == nil {
			out = append(out, name+" "+info.Main.Version)
			goVersion = info.GoVersion
		}
	}
	if info, err := buildinfo.ReadFile(b.program("passthrough")); err == nil {
		for _, module := range info.Deps {
			if module.Path == "sigs.k8s.io/kustomize/kyaml" {
				out = append(out, "kyaml "+module.Version)
			}
		}
	}
	if path, err := kptPath(); err == nil {
		out = append(out, "kpt "+firstOutput(path, "version"))
	}
	return fmt.Sprintf("%s, built by %s; %s", firstOutput(filepath.Join(b.bin, "vspread"), "version"), goVersion, strings.Join(out, ", "))
}

func firstOutput(program string, args ...string) string {
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
