-- The exchange database of 数字城管 on MariaDB: an old one, in GBK but for what citizens wrote.
create table t_case (
  row_id bigint unsigned primary key auto_increment,
  row_type varchar(8) not null,
  row_time datetime(3) not null default current_timestamp(3) on update current_timestamp(3),
  task_no varchar(40), our_no varchar(40), case_no varchar(40),
  case_kind char(1), small_class varchar(8), problem_code varchar(4), component_code varchar(40),
  origin_code varchar(4), report_time datetime, title varchar(2000) character set utf8mb4,
  content text character set utf8mb4, urgency char(1),
  address varchar(400) character set utf8mb4, street_code varchar(20), coord_x decimal(12,7), coord_y decimal(12,7), coord_type varchar(12),
  deadline datetime, undertakers varchar(400), reporter_name varchar(40), reporter_phone varchar(40),
  hotline_no varchar(40), photo blob, result char(1), state varchar(20), is_test char(1),
  key (row_time), key (task_no)
) engine = InnoDB default charset = gbk;
create table t_case_status (
  id bigint unsigned primary key auto_increment,
  notice_no varchar(120) not null, task_no varchar(40) not null, our_no varchar(40) not null,
  node_code varchar(4) not null, node_time datetime not null, lead_unit varchar(40), units varchar(400),
  opinion text, due_time datetime, result_text text, is_true char(1), is_solved char(1),
  taken_at datetime,
  key (taken_at), key (task_no)
) engine = InnoDB default charset = gbk;
create table t_case_request (
  id bigint unsigned primary key auto_increment,
  request_no varchar(60) not null, our_no varchar(40) not null, task_no varchar(40), request_type varchar(8) not null,
  request_time datetime not null, units varchar(400), title text, content text, address text,
  component_code varchar(40), category varchar(20), opinion text, due_time datetime
) engine = InnoDB default charset = gbk;
-- How long the view keeps a statement waiting, seconds.
create table t_pace (seconds decimal(6,3) not null) engine = InnoDB;
insert into t_pace values (0);
create function pace() returns int deterministic reads sql data
begin
  declare pause decimal(6,3);
  select seconds into pause from t_pace;
  if pause > 0 then do sleep(pause); end if;
  return 1;
end;
create view v_case as select * from t_case where pace() = 1;
create view v_order as select task_no, state from v_case where row_type = 'AJ';
