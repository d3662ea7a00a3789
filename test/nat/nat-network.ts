// A client and servers on both sides of a router that masquerades and forgets idle connections, each in a network namespace
// of its own. The namespaces end with the processes that hold them, so nothing has to be cleaned up after a failure.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A machine: all that counts is a process in its network namespace. */
export interface Machine {
  readonly pid: number;
}

/** How the router forgets. */
export interface NatProps {
  /** `nf_conntrack_tcp_timeout_established`: after how many seconds without a packet a connection is forgotten. */
  readonly forgetsAfterSeconds: number;
  /**
   * `nf_conntrack_tcp_loose`: whether a packet in the middle of a connection makes a new entry. The kernel's default is
   * yes, so that a late packet of the client revives the connection, and only one of the server is lost.
   */
  readonly loose: boolean;
}

export const CLIENT_ADDRESS = '10.77.1.2';

/** The router. Packets of a forgotten connection are dropped without an answer, as home routers do. */
const RULES = `
table inet nat {
  chain postrouting {
    type nat hook postrouting priority srcnat
    oifname "server*" masquerade
  }
  chain outage { }
  chain forward {
    type filter hook forward priority filter
    jump outage
    ct state invalid drop
  }
  chain input {
    type filter hook input priority filter; policy drop
  }
}
`;

export class NatNetwork {
  /** Connects the client and the servers; servers have the addresses 10.77.2.2, 10.77.3.2 and so on. */
  static async connect(client: Machine, servers: readonly Machine[], props: NatProps): Promise<NatNetwork> {
    // It ends with this process, which holds the other end of its stdin.
    const router = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(router.stdout, 'data');
    const network = new NatNetwork(router);
    try {
      network.link('client', client, '10.77.1');
      servers.forEach((server, index) => network.link(`server${index}`, server, `10.77.${index + 2}`));
      network.inRouter('nft', ['-f', '-'], RULES);
      const sysctls = {
        'net/ipv4/ip_forward': 1,
        'net/netfilter/nf_conntrack_tcp_timeout_established': props.forgetsAfterSeconds,
        'net/netfilter/nf_conntrack_tcp_loose': props.loose ? 1 : 0,
      };
      for (const [name, value] of Object.entries(sysctls)) {
        network.inRouter('sh', ['-c', `echo ${value} >/proc/sys/${name}`]);
      }
      return network;
    } catch (error) {
      network.close();
      throw error;
    }
  }

  private constructor(private readonly router: ChildProcess) {}

  /** Drops every packet until `end` is called. */
  beginOutage(): void {
    this.inRouter('nft', ['add', 'rule', 'inet', 'nat', 'outage', 'drop']);
  }

  endOutage(): void {
    this.inRouter('nft', ['flush', 'chain', 'inet', 'nat', 'outage']);
  }

  /** Loses so many percent of the packets in each direction, before the router sees them. Not every kernel has netem for it. */
  losePackets(percent: number): void {
    const rules = `type filter hook prerouting priority raw\nnumgen random mod 100 < ${percent} drop`;
    this.inRouter('nft', ['-f', '-'], `table inet loss {\nchain lossy {\n${rules}\n}\n}\n`);
  }

  /** Makes the router count the packets of the connections that begin from now on. */
  countPackets(): void {
    this.inRouter('sh', ['-c', 'echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct']);
  }

  /** How many packets passed in both directions, by the client's port, of every connection that is not forgotten. */
  connections(): Map<string, number> {
    const entries = [
      ...readFileSync(`/proc/${this.router.pid}/net/nf_conntrack`, 'utf8').matchAll(
        /ESTABLISHED .*? sport=(\d+) .*?packets=(\d+) .*?packets=(\d+) /g,
      ),
    ];
    return new Map(entries.map(([, port = '', sent, received]) => [port, Number(sent) + Number(received)]));
  }

  close(): void {
    this.router.kill();
  }

  /** Links a machine to the router: .1 is the router, .2 the machine. */
  private link(name: string, machine: Machine, subnet: string): void {
    execFileSync('ip', [
      ...['link', 'add', name, 'netns', `${this.router.pid}`, 'type', 'veth'],
      ...['peer', 'name', 'eth0', 'netns', `${machine.pid}`],
    ]);
    this.inRouter('ip', ['address', 'add', `${subnet}.1/24`, 'dev', name]);
    this.inRouter('ip', ['link', 'set', name, 'up']);
    inNamespace(machine.pid, 'ip', ['address', 'add', `${subnet}.2/24`, 'dev', 'eth0']);
    inNamespace(machine.pid, 'ip', ['link', 'set', 'eth0', 'up']);
    // The servers need no route to the client: they see the router's address.
    if (name === 'client') inNamespace(machine.pid, 'ip', ['route', 'add', 'default', 'via', `${subnet}.1`]);
  }

  private inRouter(command: string, args: readonly string[], input = ''): void {
    inNamespace(this.router.pid, command, args, input);
  }
}

function inNamespace(pid: number | undefined, command: string, args: readonly string[], input = ''): void {
  execFileSync('nsenter', ['--net', '--target', `${pid}`, command, ...args], { input });
}
