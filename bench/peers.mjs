// The other tools: each changes both keywords of a machine's sshd_config, as its documentation says. Their time is that
// of one run; what they leave undone is left undone. Knows nothing about measuring.
import { join } from 'node:path';
import { libraryPath } from '../bin/test-bed/openssh.js';
import { debianPackages, python3, pythonVenv } from './cache.mjs';

const VALUES = { ClientAliveInterval: '60', ClientAliveCountMax: '120' };
const entries = Object.entries(VALUES);

/** All of them; each `prepare` returns the names and the runs, and throws where the peer cannot be had. */
export const PEERS = [
  { name: 'sed', prepare: sed },
  { name: 'Augeas', prepare: augeas },
  { name: 'Ansible', prepare: ansible },
  { name: 'cloud-init', prepare: cloudInit },
];

function sed(machine) {
  const edits = entries.map(([keyword, value]) => `-e 's/^#\\?${keyword}.*/${keyword} ${value}/'`).join(' ');
  const line = `sed -i ${edits} ${machine.config} && sshd -t -f ${machine.config}`;
  // By its absolute path, which sshd insists on.
  const script = machine.write('tmp/sed.sh', `${line.replace('&& sshd', `&& ${machine.sshd}`)}\n`);
  return { 'sed one-liner': () => machine.run('/bin/sh', [script]) };
}

function augeas(machine) {
  const tree = machine.adopt(debianPackages('augeas', ['augeas-tools', 'libaugeas0', 'augeas-lenses']), 'augeas');
  const commands = entries.map(([keyword, value]) => `set /files/etc/ssh/sshd_config/${keyword} ${value}\n`);
  const file = machine.write('tmp/augeas', `${commands.join('')}save\n`);
  const env = { LD_LIBRARY_PATH: `${libraryPath(tree)}:${machine.env.LD_LIBRARY_PATH ?? ''}` };
  const common = ['-r', machine.root, '-I', join(tree, 'usr/share/augeas/lenses/dist'), '-f', file];
  const augtool = join(tree, 'usr/bin/augtool');
  return {
    Augeas: () => machine.run(augtool, common, env),
    'Augeas, one lens': () => machine.run(augtool, ['-A', '-t', 'Sshd incl /etc/ssh/sshd_config', ...common], env),
  };
}

function ansible(machine) {
  const tree = machine.adopt(pythonVenv('ansible', 'ansible-core'), 'ansible');
  const tasks = entries.map(([keyword, value]) => ({
    'ansible.builtin.lineinfile': {
      path: machine.config,
      regexp: `^#?\\s*${keyword}`,
      line: `${keyword} ${value}`,
      validate: `${machine.sshd} -t -f %s`,
    },
  }));
  // JSON is YAML.
  const play = [{ hosts: 'localhost', gather_facts: false, tasks }];
  const playbook = machine.write('tmp/playbook.yml', JSON.stringify(play));
  // Its fastest way: one process for both tasks, no facts, no search for Python, modules piped instead of copied.
  const env = {
    ANSIBLE_HOME: machine.in('tmp/ansible'),
    ANSIBLE_PYTHON_INTERPRETER: python3(),
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_LOCALHOST_WARNING: '0',
  };
  const args = [join(tree, 'bin/ansible-playbook'), '-i', 'localhost,', '-c', 'local', playbook];
  return { 'Ansible lineinfile': () => machine.run(join(tree, 'bin/python3'), args, env) };
}

function cloudInit(machine) {
  // Of what cloud-init depends on, that which this module imports.
  const packages = [
    'cloud-init',
    ...['yaml', 'six', 'requests', 'urllib3', 'chardet', 'idna', 'certifi'].map((name) => `python3-${name}`),
  ];
  const tree = machine.adopt(debianPackages('cloud-init', packages), 'cloud-init');
  const code = `import sys
from cloudinit.ssh_util import update_ssh_config
update_ssh_config(${JSON.stringify(VALUES)}, sys.argv[1])`;
  const env = { PYTHONPATH: join(tree, 'usr/lib/python3/dist-packages') };
  return { 'cloud-init': () => machine.run(python3(), ['-c', code, machine.config], env) };
}
