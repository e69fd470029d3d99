// Names of sysctls that are there and that hookline has no more to say of, so that a name that is neither here nor in
// the table is a mistake. Kernels up to Linux 6.18 (Documentation/networking, /proc/sys/net).

const others: Readonly<Record<string, string>> = {
  'net.ipv4.': `cipso_cache_bucket_size cipso_cache_enable cipso_rbm_optfmt cipso_rbm_strictvalid
     fib_multipath_hash_fields fib_multipath_hash_seed fib_multipath_use_neigh fib_notify_on_flag_change
     fib_sync_mem icmp_echo_enable_probe icmp_ignore_bogus_error_responses icmp_msgs_burst
     icmp_msgs_per_sec icmp_ratemask igmp_link_local_mcast_reports igmp_max_memberships igmp_max_msf
     igmp_qrv inet_peer_maxttl inet_peer_minttl inet_peer_threshold ip_autobind_reuse ip_dynaddr
     ip_early_demux ip_forward_update_priority ip_forward_use_pmtu ip_no_pmtu_disc
     ip_unprivileged_port_start ipfrag_high_thresh ipfrag_low_thresh ipfrag_max_dist
     ipfrag_secret_interval ipfrag_time nexthop_compat_mode ping_group_range raw_l3mdev_accept
     tcp_abort_on_overflow tcp_adv_win_scale tcp_allowed_congestion_control tcp_app_win tcp_autocorking
     tcp_available_congestion_control tcp_available_ulp tcp_backlog_ack_defer tcp_base_mss
     tcp_challenge_ack_limit tcp_child_ehash_entries tcp_comp_sack_delay_ns tcp_comp_sack_nr
     tcp_comp_sack_slack_ns tcp_congestion_control tcp_dsack tcp_early_demux tcp_early_retrans tcp_ecn
     tcp_ecn_fallback tcp_ecn_option tcp_ecn_option_beacon tcp_ehash_entries tcp_fack tcp_fastopen
     tcp_fastopen_blackhole_timeout_sec tcp_fastopen_key tcp_fin_timeout tcp_frto tcp_fwmark_accept
     tcp_invalid_ratelimit tcp_keepalive_intvl tcp_keepalive_probes tcp_keepalive_time
     tcp_limit_output_bytes tcp_low_latency tcp_max_orphans tcp_max_reordering tcp_max_tw_buckets tcp_mem
     tcp_migrate_req tcp_min_rtt_wlen tcp_min_snd_mss tcp_min_tso_segs tcp_moderate_rcvbuf
     tcp_mtu_probe_floor tcp_mtu_probing tcp_no_metrics_save tcp_no_ssthresh_metrics_save
     tcp_notsent_lowat tcp_orphan_retries tcp_pacing_ca_ratio tcp_pacing_ss_ratio tcp_pingpong_thresh
     tcp_plb_cong_thresh tcp_plb_enabled tcp_plb_idle_rehash_rounds tcp_plb_rehash_rounds
     tcp_plb_suspend_rto_sec tcp_probe_interval tcp_probe_threshold tcp_recovery tcp_reflect_tos
     tcp_reordering tcp_retrans_collapse tcp_retries1 tcp_retries2 tcp_rfc1337 tcp_rmem tcp_rto_max_ms
     tcp_rto_min_us tcp_sack tcp_shrink_window tcp_slow_start_after_idle tcp_stdurg
     tcp_syn_linear_timeouts tcp_syn_retries tcp_synack_retries tcp_thin_linear_timeouts tcp_tso_rtt_log
     tcp_tso_win_divisor tcp_tw_reuse_delay tcp_window_scaling tcp_wmem tcp_workaround_signed_windows
     udp_child_hash_entries udp_early_demux udp_hash_entries udp_mem udp_rmem_min
     udp_wmem_min xfrm4_gc_thresh`,
  'net.ipv4.conf.*.': `accept_redirects accept_source_route arp_accept arp_evict_nocarrier arp_notify bootp_relay
     disable_policy disable_xfrm drop_unicast_in_l2_multicast force_igmp_version
     igmpv2_unsolicited_report_interval igmpv3_unsolicited_report_interval ignore_routes_with_linkdown
     log_martians mc_forwarding medium_id secure_redirects shared_media tag`,
  'net.ipv4.neigh.*.': `anycast_delay app_solicit base_reachable_time base_reachable_time_ms delay_first_probe_time
     gc_interval gc_stale_time gc_thresh1 gc_thresh2 gc_thresh3 interval_probe_time_ms locktime
     mcast_resolicit mcast_solicit proxy_delay proxy_qlen retrans_time retrans_time_ms ucast_solicit
     unres_qlen unres_qlen_bytes`,
  'net.ipv4.route.': `error_burst error_cost flush gc_elasticity gc_interval gc_min_interval gc_min_interval_ms gc_thresh
     gc_timeout max_size min_adv_mss min_pmtu mtu_expires redirect_load redirect_number redirect_silence`,
  'net.ipv6.': `auto_flowlabels bindv6only calipso_cache_bucket_size calipso_cache_enable fib_multipath_hash_fields
     fib_notify_on_flag_change flowlabel_consistency flowlabel_reflect flowlabel_state_ranges idgen_delay
     idgen_retries ioam6_id ioam6_id_wide ip6frag_high_thresh ip6frag_low_thresh ip6frag_secret_interval
     ip6frag_time max_dst_opts_length max_dst_opts_number max_hbh_length max_hbh_opts_number mld_max_msf
     mld_qrv seg6_flowlabel xfrm6_gc_thresh`,
  'net.ipv6.conf.*.': `accept_dad accept_ra_defrtr accept_ra_from_local accept_ra_min_hop_limit accept_ra_min_lft
     accept_ra_mtu accept_ra_pinfo accept_ra_rt_info_max_plen accept_ra_rt_info_min_plen
     accept_ra_rtr_pref accept_redirects accept_source_route accept_untracked_na addr_gen_mode autoconf
     dad_transmits disable_policy drop_unicast_in_l2_multicast drop_unsolicited_na enhanced_dad
     force_mld_version force_tllao ignore_routes_with_linkdown ioam6_enabled ioam6_id ioam6_id_wide
     max_addresses max_desync_factor mc_forwarding mldv1_unsolicited_report_interval
     mldv2_unsolicited_report_interval mtu ndisc_evict_nocarrier ndisc_notify ndisc_tclass proxy_ndp
     ra_defrtr_metric ra_honor_pio_life ra_honor_pio_pflag regen_max_retry regen_min_advance
     router_probe_interval router_solicitation_delay router_solicitation_interval
     router_solicitation_max_interval router_solicitations rpl_seg_enabled seg6_enabled seg6_require_hmac
     stable_secret suppress_frag_ndisc temp_prefered_lft temp_valid_lft`,
  'net.ipv6.neigh.*.': `anycast_delay app_solicit base_reachable_time base_reachable_time_ms delay_first_probe_time
     gc_interval gc_stale_time gc_thresh1 gc_thresh2 gc_thresh3 interval_probe_time_ms locktime
     mcast_resolicit mcast_solicit proxy_delay proxy_qlen retrans_time retrans_time_ms ucast_solicit
     unres_qlen unres_qlen_bytes`,
  'net.ipv6.route.': `flush gc_elasticity gc_interval gc_min_interval gc_min_interval_ms gc_thresh gc_timeout max_size
     min_adv_mss mtu_expires skip_notify_on_dev_down`,
  'net.ipv6.icmp.': `error_anycast_as_unicast ratemask`,
  'net.bridge.': `bridge-nf-filter-pppoe-tagged bridge-nf-pass-vlan-input-dev`,
  'net.netfilter.': `nf_conntrack_buckets nf_conntrack_count nf_conntrack_dccp_loose nf_conntrack_dccp_timeout_closereq
     nf_conntrack_dccp_timeout_closing nf_conntrack_dccp_timeout_open nf_conntrack_dccp_timeout_partopen
     nf_conntrack_dccp_timeout_request nf_conntrack_dccp_timeout_respond
     nf_conntrack_dccp_timeout_timewait nf_conntrack_events nf_conntrack_frag6_high_thresh
     nf_conntrack_frag6_low_thresh nf_conntrack_frag6_timeout nf_conntrack_log_invalid nf_conntrack_sctp_timeout_heartbeat_acked
     nf_conntrack_timestamp nf_conntrack_udplite_timeout nf_conntrack_udplite_timeout_stream
     nf_flowtable_tcp_timeout nf_flowtable_udp_timeout nf_hooks_lwtunnel nf_log_all_netns`,
};

/** Whole names, with `*` in the place of an interface. */
export const otherSysctls: ReadonlySet<string> = new Set(
  Object.entries(others).flatMap(([before, names]) => names.split(/\s+/).map((name) => before + name)),
);

/** Whether names beside it are known, so that this one should be. */
export function isOfKnownFolder(name: string): boolean {
  return Object.hasOwn(others, name.replace(/[^.]*$/, ''));
}

/** Those that kernels had once, and why they are gone. */
export const goneSysctls: ReadonlyMap<string, string> = new Map([
  [
    'net.ipv4.tcp_tw_recycle',
    'Linux 4.12 removed it: it dropped connections of hosts behind translation, whose timestamps differ',
  ],
  [
    'net.netfilter.nf_conntrack_helper',
    'Linux 6.0 removed it: rules give connections their helper (`ct helper set`, `CT --helper`)',
  ],
  ['net.ipv4.ip_conntrack_max', 'it is `net.netfilter.nf_conntrack_max` now'],
  ['net.ipv4.netfilter.ip_conntrack_max', 'it is `net.netfilter.nf_conntrack_max` now'],
]);
