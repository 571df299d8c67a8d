// SPDX-License-Identifier: Apache-2.0
//
// Node pools over host-local datastores, one for each datastore of each cluster.

local hash(spec) = std.sha256(std.manifestJsonMinified(spec))[:8];

function(values)
  local count = std.length(values.datastores);
  local share = std.floor(values.replicas / count);
  local rest = values.replicas % count;

  local bootstrap = {
    joinConfiguration: {
      nodeRegistration: {
        name: '{{ local_hostname }}',
        criSocket: '/var/run/containerd/containerd.sock',
        kubeletExtraArgs: [{ name: 'cloud-provider', value: 'external' }],
      },
    },
    preKubeadmCommands: [
      'hostnamectl set-hostname "{{ ds.meta_data.hostname }}"',
      'echo "::1         ipv6-localhost ipv6-loopback localhost6 localhost6.localdomain6" >/etc/hosts',
      'echo "127.0.0.1   {{ ds.meta_data.hostname }} {{ local_hostname }} localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts',
    ],
  };

  local machine(datastore) = {
    template: values.template,
    cloneMode: 'fullClone',
    datacenter: '/' + values.datacenter,
    datastore: '/%s/datastore/%s' % [values.datacenter, datastore],
    network: { devices: [{ networkName: values.network, dhcp4: true }] },
    numCPUs: values.numCPUs,
    memoryMiB: values.memoryMiB,
    os: 'Linux',
    powerOffMode: 'trySoft',
    guestSoftPowerOffTimeoutSeconds: 300,
  };
  // A machine's spec and its hash are those of its datastore, in every cluster.
  local machines = [machine(datastore) for datastore in values.datastores];
  local hashes = [hash(spec) for spec in machines];
  local bootstrapHash = hash(bootstrap);

  local metadata(cluster, name) = {
    name: name,
    namespace: cluster.namespace,
    labels: { 'cluster.x-k8s.io/cluster-name': cluster.name },
    annotations: { 'vspread.dev/owner': cluster.namespace + '/' + cluster.name },
  };
  local template(cluster, name, apiVersion, kind, spec) = {
    apiVersion: apiVersion,
    kind: kind,
    metadata: metadata(cluster, name) + {
      annotations+: {
        'argocd.argoproj.io/sync-options': 'Prune=false',
        'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      },
    },
    spec: { template: { spec: spec } },
  };

  local pool(cluster, bootstrapName, i) =
    local datastore = values.datastores[i];
    local name = cluster.name + '-md-' + datastore;
    local machineName = name + '-' + hashes[i];
    local labels = {
      'cluster.x-k8s.io/cluster-name': cluster.name,
      'cluster.x-k8s.io/deployment-name': name,
    };
    [
      {
        apiVersion: 'cluster.x-k8s.io/v1beta2',
        kind: 'MachineDeployment',
        metadata: metadata(cluster, name),
        spec: {
          clusterName: cluster.name,
          replicas: share + (if i < rest then 1 else 0),
          rollout: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } },
          selector: { matchLabels: labels },
          template: {
            metadata: {
              labels: labels {
                'node.cluster.x-k8s.io/datastore': datastore,
                'node.cluster.x-k8s.io/worker-group': 'md',
              },
            },
            spec: {
              clusterName: cluster.name,
              bootstrap: {
                configRef: {
                  apiGroup: 'bootstrap.cluster.x-k8s.io',
                  kind: 'KubeadmConfigTemplate',
                  name: bootstrapName,
                },
              },
              infrastructureRef: {
                apiGroup: 'infrastructure.cluster.x-k8s.io',
                kind: 'VSphereMachineTemplate',
                name: machineName,
              },
              version: values.version,
            },
          },
        },
      },
      template(cluster, machineName, 'infrastructure.cluster.x-k8s.io/v1beta2', 'VSphereMachineTemplate', machines[i]),
    ];

  local workers(cluster) =
    local bootstrapName = cluster.name + '-md-' + bootstrapHash;
    [
      {
        apiVersion: 'cluster.x-k8s.io/v1beta2',
        kind: 'Cluster',
        metadata: { name: cluster.name, namespace: cluster.namespace },
        spec: {
          infrastructureRef: {
            apiGroup: 'infrastructure.cluster.x-k8s.io',
            kind: 'VSphereCluster',
            name: cluster.name,
          },
        },
      },
      template(cluster, bootstrapName, 'bootstrap.cluster.x-k8s.io/v1beta2', 'KubeadmConfigTemplate', bootstrap),
    ] + std.flatMap(function(i) pool(cluster, bootstrapName, i), std.range(0, count - 1));

  std.flatMap(workers, values.clusters)
