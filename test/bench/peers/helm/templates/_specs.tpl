{{- define "bootstrap.spec" -}}
joinConfiguration:
  nodeRegistration:
    name: '{{ "{{ local_hostname }}" }}'
    criSocket: /var/run/containerd/containerd.sock
    kubeletExtraArgs:
    - name: cloud-provider
      value: external
preKubeadmCommands:
- hostnamectl set-hostname "{{ "{{ ds.meta_data.hostname }}" }}"
- echo "::1         ipv6-localhost ipv6-loopback localhost6 localhost6.localdomain6" >/etc/hosts
- echo "127.0.0.1   {{ "{{ ds.meta_data.hostname }} {{ local_hostname }}" }} localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts
{{- end }}
{{- define "machine.spec" -}}
template: {{ .Values.template }}
cloneMode: fullClone
datacenter: /{{ .Values.datacenter }}
datastore: /{{ .Values.datacenter }}/datastore/{{ .datastore }}
network:
  devices:
  - networkName: {{ .Values.network }}
    dhcp4: true
numCPUs: {{ .Values.numCPUs }}
memoryMiB: {{ .Values.memoryMiB }}
os: Linux
powerOffMode: trySoft
guestSoftPowerOffTimeoutSeconds: 300
{{- end }}
