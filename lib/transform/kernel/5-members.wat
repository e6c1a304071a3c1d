;; scanMembers (../scan-members.ts): where the members of a record stand, and those of its properties.

;; The table: indices in the input, 4 for each member, behind 4 cells of which the first two tell which of the members
;; stand in the properties. It is so far behind the input that what is read over its end is zeros still.
(global (export "members") i32 (i32.const 0x110000))

(global $count (mut i32) (i32.const 0))

;; How many members there are where a record stands from $start to $end, or 0 where a parser has to look.
(func (export "scan") (param $start i32) (param $end i32) (result i32)
  (global.set $count (i32.const 0))
  (i64.store (i32.const 0x110000) (i64.const 0))
  (if (i32.eq (call $scanObject (call $skipSpace (local.get $start)) (i32.const 1)) (local.get $end))
    (then (return (global.get $count))))
  (i32.const 0))

(func $scanObject (param $at i32) (param $isOuter i32) (result i32)
  (local $key i32)
  (local $byte i32)
  (block $no
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b))) ;; {
    (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x7d)) ;; }
      (then (return (i32.add (local.get $at) (i32.const 1)))))
    (loop $members
      (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
      (local.set $key (i32.add (local.get $at) (i32.const 1)))
      (local.set $at (call $skipPlain (local.get $key)))
      (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
      (br_if $no (i32.eq (global.get $count) (i32.const 512)))
      (br_if $no
        (i32.eqz (local.tee $at (call $scanMember (local.get $key) (local.get $at) (local.get $isOuter)))))
      (local.set $at (call $skipSpace (local.get $at)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $byte) (i32.const 0x2c)) ;; ,
        (then
          (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
          (br $members))))
    (br_if $no (i32.ne (local.get $byte) (i32.const 0x7d))) ;; }
    (return (i32.add (local.get $at) (i32.const 1))))
  (i32.const 0))

(func $scanMember (param $key i32) (param $keyEnd i32) (param $isOuter i32) (result i32)
  (local $value i32)
  (local $at i32)
  (local $cells i32)
  (if (i32.eqz (local.tee $value (call $skipColon (i32.add (local.get $keyEnd) (i32.const 1)))))
    (then (return (i32.const 0))))
  (local.set $cells (i32.add (i32.const 0x110010) (i32.shl (global.get $count) (i32.const 4))))
  (global.set $count (i32.add (global.get $count) (i32.const 1)))
  (local.set $at
    (if (result i32)
      (i32.and
        (i32.and (local.get $isOuter) (i32.eq (i32.load8_u (local.get $value)) (i32.const 0x7b))) ;; {
        (call $isPropertiesKey (i32.sub (local.get $key) (i32.const 1))))
      (then (call $scanInner (local.get $value)))
      (else (call $skipValue (local.get $value)))))
  (i32.store (local.get $cells) (i32.sub (local.get $key) (i32.const 256)))
  (i32.store offset=4 (local.get $cells) (i32.sub (local.get $keyEnd) (i32.const 256)))
  (i32.store offset=8 (local.get $cells) (i32.sub (local.get $value) (i32.const 256)))
  (i32.store offset=12 (local.get $cells) (i32.sub (local.get $at) (i32.const 256)))
  (local.get $at))

;; Which comes once only.
(func $scanInner (param $at i32) (result i32)
  (if (i32.load (i32.const 0x110000)) (then (return (i32.const 0))))
  (i32.store (i32.const 0x110000) (global.get $count))
  (local.set $at (call $scanObject (local.get $at) (i32.const 0)))
  (i32.store (i32.const 0x110004) (global.get $count))
  (local.get $at))
