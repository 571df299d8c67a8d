// SPDX-License-Identifier: Apache-2.0

package fn

import "github.com/vspread/vspread/internal/diag"

// Result is a diagnostic in the form of KRM functions.
type Result struct {
	Message     string            `json:"message,omitempty"`
	Severity    string            `json:"severity,omitempty"`
	ResourceRef *ResourceRef      `json:"resourceRef,omitempty"`
	Field       *Field            `json:"field,omitempty"`
	File        *File             `json:"file,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// ResourceRef is the object that a result is about.
type ResourceRef struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Name       string `json:"name,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
}

// Field is the field that a result is about.
type Field struct {
	Path string `json:"path,omitempty"`
}

// File is the file that a result is about.
type File struct {
	Path string `json:"path,omitempty"`
}

// Results writes diagnostics in the form of KRM functions. They depend on the input alone and are
// sorted: newer kpt commits them to git.
func Results(diags diag.List) []Result {
	out := make([]Result, 0, len(diags))
	for _, d := range diags {
		r := Result{Message: d.Text(), Severity: d.Severity.String(), Tags: map[string]string{"code": string(d.Code)}}
		if o := d.Object; o.Name != "" {
			r.ResourceRef = &ResourceRef{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
			if d.Field != "" {
				r.Field = &Field{Path: d.Field}
			}
		}
		if d.Object.File != "" {
			r.File = &File{Path: d.Object.File}
		}
		out = append(out, r)
	}
	return out
}
