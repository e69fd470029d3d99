// Several devices as one link, as a program of its own decides.
import type { DeviceKind } from '../define.ts';
import { trunkOf } from '../trunk.ts';

const runners = ['roundrobin', 'activebackup', 'loadbalance', 'lacp', 'broadcast', 'random'] as const;

/** drivers/net/team; the runners are those of teamd.conf(5). */
export const team: DeviceKind = {
  kind: 'team',
  summary: 'several devices as one link, run by teamd',
  settings: [
    { word: 'runner', value: runners, default: 'roundrobin', set: 'other' },
    { word: 'active_port', value: 'device', set: 'other' },
  ],
  made: 'link',
  lower: 'none',
  hasPorts: true,
  carries: 'frames',
  mac: 'first-port',
  ...trunkOf({
    setting: 'runner',
    usual: 'roundrobin',
    spares: 'activebackup',
    all: 'broadcast',
    active: ['active_port'],
  }),
};
