package check

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

const manifests = "../kubernetes/"

// decode reads the documents of a manifest as the API server does with strict
// validation: an unknown or doubled field is an error.
func decode(content []byte) (objects []runtime.Object, err error) {
	strict := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict).UniversalDeserializer()
	for document := range bytes.SplitSeq(content, []byte("\n---\n")) {
		object, _, err := strict.Decode(document, nil, nil)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func TestKubernetes(t *testing.T) {
	t.Parallel()
	for _, name := range resources(t) {
		content, err := os.ReadFile(manifests + name)
		if err != nil {
			t.Fatal(err)
		}
		objects, err := decode(content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, object := range objects {
			if deployment, ok := object.(*appsv1.Deployment); ok {
				checkPod(t, name, deployment)
			}
		}
	}
}

// resources lists what the kustomization is made of: all files there are.
func resources(t *testing.T) []string {
	t.Helper()
	content, err := os.ReadFile(manifests + "kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var kustomization struct{ Resources []string }
	if err := yaml.Unmarshal(content, &kustomization); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(manifests + "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if other := name == "kustomization.yaml" || name == "lector.yaml"; !other && !slices.Contains(kustomization.Resources, name) {
			t.Errorf("%s is in no kustomization", name)
		}
	}
	return kustomization.Resources
}

// checkPod holds what the namespace's policy asks for, and that labels meet.
func checkPod(t *testing.T, name string, d *appsv1.Deployment) {
	t.Helper()
	pod := d.Spec.Template
	for key, value := range d.Spec.Selector.MatchLabels {
		if pod.Labels[key] != value {
			t.Errorf("%s selects %s=%s, its pods have %q", name, key, value, pod.Labels[key])
		}
	}
	if c := pod.Spec.SecurityContext; c == nil || !*c.RunAsNonRoot || c.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		t.Errorf("%s: pod security %+v", name, c)
	}
	volumes := map[string]bool{}
	for _, v := range pod.Spec.Volumes {
		volumes[v.Name] = true
	}
	for _, c := range pod.Spec.Containers {
		if s := c.SecurityContext; *s.AllowPrivilegeEscalation || !*s.ReadOnlyRootFilesystem || s.Capabilities.Drop[0] != "ALL" {
			t.Errorf("%s: container security %+v", name, s)
		}
		if c.Resources.Limits.Memory().IsZero() || c.ReadinessProbe == nil {
			t.Errorf("%s: no limit of memory, or no probe", name)
		}
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				t.Errorf("%s mounts %s, which is not there", name, m.Name)
			}
		}
	}
}

func TestKubernetesCheckCanFail(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(manifests + "worker.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{"resources:", "resourcez:"}, {"apps/v1", "apps/v9"}, {"replicas: 2", "replicas: two"}, {"minAvailable: 1", "minAvailable: 1\n  minAvailable: 1"},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if _, err := decode([]byte(bad)); err == nil {
			t.Errorf("%q passes", change[1])
		}
	}
}
