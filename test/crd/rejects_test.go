package crd

import (
	"strings"
	"testing"
)

// TestRejects breaks the accepted sample in one place at a time: the checker can fail, and says where.
func TestRejects(t *testing.T) {
	var cases []struct {
		Name          string
		File          string // default v1beta2.yaml
		Replace, With string
		Object, Field string // that the error must name
	}
	readYAML(t, "testdata/rejects.yaml", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.File == "" {
				c.File = "v1beta2.yaml"
			}
			broken := replace(t, read(t, "testdata/"+c.File), c.Replace, c.With)
			_, err := checker(t).CreateAll([]byte(broken))
			if err == nil {
				t.Fatalf("accepted")
			}
			for line := range strings.Lines(err.Error()) {
				if strings.Contains(line, c.Object+" ") && strings.Contains(line, c.Field) {
					return
				}
			}
			t.Errorf("no line names %s and %s:\n%v", c.Object, c.Field, err)
		})
	}
}
