// What the keys of the screen do, and what its words mean.

/** Lines of at most 78 columns, so that they fit any screen. */
export const helpLines: readonly string[] = [
  '',
  '  s        sort by connections, by stale ones, by new ones a second, or by name',
  '  /        show only some, by the options of conntrack -L: -p tcp --dport 443',
  '  p        stand still; connections are counted on meanwhile',
  '  r        list the table again',
  '  ?        this page',
  '  q        end',
  '',
  '  stale    the first packet of the connection would not pass today',
  '  passes   its further packets pass, as a rule lets established ones through',
  '  cut      packets of at least one direction are dropped today',
  '  drift    the nat rules would translate it otherwise today',
  '  open     whether it would be admitted is not decidable from what is known',
];
