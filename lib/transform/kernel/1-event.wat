;; isWholeEvent (../whole-event.ts) in WebAssembly, over a copy of the bytes, with strings looked at 16 bytes at a time.
;; The same functions by the same names, so read that one first; what it says of an event holds here. The build puts
;; the files of this folder into one module. Each $skip... takes the address where something begins and gives the
;; address behind it, or 0 where there is none.
;;
;; No function is told where the bytes end. All go forward only, so what reads on over the end does not stop at it, and
;; $check sees that. None leaves the memory: behind the input it has zeros, and no loop goes on over a zero.

;; 1 MiB of input, a page for what stands before it and the zeros behind it, and one for 5-members.wat. It never grows.
(memory (export "memory") 18 18)
(global (export "input") i32 (i32.const 256))
(global (export "inputBytesMax") i32 (i32.const 0x100000))

(data (i32.const 0) "\"event\"\00")
(data (i32.const 16) "\"properties\"")
(data (i32.const 32) "time")
(data (i32.const 48) "$user_id")
(data (i32.const 64) "$insert_id")
(data (i32.const 80) "$device_id")
(data (i32.const 96) "distinct_id")

;; The insert id that was seen last: its address * 64 + its length, which is less than 64.
(global $insertId (mut i32) (i32.const 0))

;; The insert id as above where an event stands from $start to $end that is whole if that id is not banned, or else 0.
(func (export "check") (param $start i32) (param $end i32) (result i32)
  (if (i32.eq (call $skipEvent (local.get $start)) (local.get $end))
    (then (return (global.get $insertId))))
  (i32.const 0))

(func $skipEvent (param $at i32) (result i32)
  (local $byte i32)
  (local $seen i32) ;; 1 the name, 2 the properties
  (block $no
    (local.set $at (call $skipSpace (local.get $at)))
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x7b))) ;; {
    (loop $members
      (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
      (if (call $isEventKey (local.get $at))
        (then
          (br_if $no (i32.and (local.get $seen) (i32.const 1)))
          (local.set $seen (i32.or (local.get $seen) (i32.const 1)))
          (br_if $no (i32.eqz (local.tee $at (call $skipColon (i32.add (local.get $at) (i32.const 7))))))
          (local.set $at (call $skipName (local.get $at))))
        (else
          (br_if $no (i32.eqz (call $isPropertiesKey (local.get $at))))
          (br_if $no (i32.and (local.get $seen) (i32.const 2)))
          (local.set $seen (i32.or (local.get $seen) (i32.const 2)))
          (br_if $no (i32.eqz (local.tee $at (call $skipColon (i32.add (local.get $at) (i32.const 12))))))
          (local.set $at (call $skipProperties (local.get $at)))))
      (br_if $no (i32.eqz (local.get $at)))
      (local.set $at (call $skipSpace (local.get $at)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (br_if $members (i32.eq (local.get $byte) (i32.const 0x2c)))) ;; ,
    (br_if $no (i32.ne (local.get $byte) (i32.const 0x7d))) ;; }
    (br_if $no (i32.ne (local.get $seen) (i32.const 3)))
    (return (i32.add (local.get $at) (i32.const 1))))
  (i32.const 0))

(func $isEventKey (param $at i32) (result i32)
  (i64.eq
    (i64.and (i64.load (local.get $at)) (i64.const 0x00ffffffffffffff))
    (i64.load (i32.const 0))))

(func $isPropertiesKey (param $at i32) (result i32)
  (i32.and
    (i64.eq (i64.load (local.get $at)) (i64.load (i32.const 16)))
    (i32.eq (i32.load offset=8 (local.get $at)) (i32.load (i32.const 24)))))

;; A string that begins with printable ASCII, which is from 0x21 to 0x7e, but not with an escape.
(func $skipName (param $at i32) (result i32)
  (local $first i32)
  (local.set $first (i32.load8_u offset=1 (local.get $at)))
  (block $no
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
    (br_if $no (i32.gt_u (i32.sub (local.get $first) (i32.const 0x21)) (i32.const 0x5d)))
    (br_if $no (i32.eq (local.get $first) (i32.const 0x22))) ;; quote
    (br_if $no (i32.eq (local.get $first) (i32.const 0x5c))) ;; backslash
    (return (call $skipString (i32.add (local.get $at) (i32.const 1)))))
  (i32.const 0))
