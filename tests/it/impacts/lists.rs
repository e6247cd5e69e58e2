//! Who was on which list of Express Entry, and when: as published, or as transcribed from the page.
//! A list of 2023 stood until 2025-02-27, and is the one of the captured drafts; that of healthcare
//! of 2026 is taken to be the one of 2025 too, for which only the count is known.

pub(crate) const STEM_2023: &str = "\
20010 Engineering managers
20011 Architecture and science managers
20012 Computer and information systems managers
21200 Architects
21201 Landscape architects
21202 Urban and land use planners
21203 Land surveyors
21210 Mathematicians, statisticians and actuaries
21211 Data scientists
21220 Cybersecurity specialists
21221 Business systems specialists
21222 Information systems specialists
21223 Database analysts and data administrators
21230 Computer systems developers and programmers
21231 Software engineers and designers
21232 Software developers and programmers
21233 Web designers
21234 Web developers and programmers
21300 Civil engineers
21310 Electrical and electronics engineers
21311 Computer engineers (except software engineers and designers)
21321 Industrial and manufacturing engineers
21322 Metallurgical and materials engineers
41400 Natural and applied science policy researchers, consultants and program officers
";

pub(crate) const STEM_2025: &str = "\
20011 Architecture and science managers
21220 Cybersecurity specialists
21300 Civil engineers
21301 Mechanical engineers
21310 Electrical and electronics engineers
21321 Industrial and manufacturing engineers
21331 Geological engineers
22300 Civil engineering technologists and technicians
22301 Mechanical engineering technologists and technicians
22310 Electrical and electronics engineering technologists and technicians
63100 Insurance agents and brokers
";

pub(crate) const HEALTHCARE_2023: &str = "\
31100 Specialists in clinical and laboratory medicine
31101 Specialists in surgery
31102 General practitioners and family physicians
31103 Veterinarians
31110 Dentists
31111 Optometrists
31112 Audiologists and speech-language pathologists
31121 Dietitians and nutritionists
31200 Psychologists
31201 Chiropractors
31202 Physiotherapists
31203 Occupational therapists
31204 Kinesiologists and other professional occupations in therapy and assessment
31209 Other professional occupations in health diagnosing and treating
31300 Nursing coordinators and supervisors
31301 Registered nurses and registered psychiatric nurses
31302 Nurse practitioners
31303 Physician assistants, midwives and allied health professionals
32101 Licensed practical nurses
32102 Paramedical occupations
32103 Respiratory therapists, clinical perfusionists and cardiopulmonary technologists
32109 Other technical occupations in therapy and assessment
32120 Medical laboratory technologists
32121 Medical radiation technologists
32122 Medical sonographers
32200 Traditional Chinese medicine practitioners and acupuncturists
32201 Massage therapists
32209 Other practitioners of natural healing
33101 Medical laboratory assistants and related technical occupations
33102 Nurse aides, orderlies and patient service associates
33103 Pharmacy technical assistants and pharmacy assistants
33109 Other assisting occupations in support of health services
41301 Therapists in counselling and related specialized therapies
41320 Educational counsellors
42203 Instructors of persons with disabilities
";

pub(crate) const HEALTHCARE_2026: &str = "\
31100 Specialists in clinical and laboratory medicine
31101 Specialists in surgery
31102 General practitioners and family physicians
31103 Veterinarians
31110 Dentists
31111 Optometrists
31112 Audiologists and speech-language pathologists
31120 Pharmacists
31121 Dietitians and nutritionists
31200 Psychologists
31201 Chiropractors
31202 Physiotherapists
31203 Occupational therapists
31209 Other professional occupations in health diagnosing and treating
31300 Nursing coordinators and supervisors
31301 Registered nurses and registered psychiatric nurses
31302 Nurse practitioners
31303 Physician assistants, midwives and allied health professionals
32101 Licensed practical nurses
32102 Paramedical occupations
32103 Respiratory therapists, clinical perfusionists and cardiopulmonary technologists
32104 Animal health technologists and veterinary technicians
32109 Other technical occupations in therapy and assessment
32111 Dental hygienists and dental therapists
32120 Medical laboratory technologists
32121 Medical radiation technologists
32122 Medical sonographers
32123 Cardiology technologists and electrophysiological diagnostic technologists
32124 Pharmacy technicians
32129 Other medical technologists and technicians
32201 Massage therapists
33101 Medical laboratory assistants and related technical occupations
33102 Nurse aides, orderlies and patient service associates
33103 Pharmacy technical assistants and pharmacy assistants
41300 Social workers
41301 Therapists in counselling and related specialized therapies
42201 Social and community service workers
";

pub(crate) const TRADES_2025: &str = "\
22303 Construction estimators
63200 Cooks
70010 Construction managers
70011 Home building and renovation managers
72100 Machinists and machining and tooling inspectors
72102 Sheet metal workers
72106 Welders and related machine operators
72200 Electricians (except industrial and power system)
72201 Industrial electricians
72300 Plumbers
72302 Gas fitters
72310 Carpenters
72311 Cabinetmakers
72320 Bricklayers
72400 Construction millwrights and industrial mechanics
72401 Heavy-duty equipment mechanics
72402 Heating, refrigeration and air conditioning mechanics
72422 Electrical mechanics
72501 Water well drillers
72999 Other technical trades and related occupations
73100 Concrete finishers
73110 Roofers and shinglers
73112 Painters and decorators (except interior decorators)
73113 Floor covering installers
82021 Contractors and supervisors, oil and gas drilling and services
";

pub(crate) const TRADES_2026: &str = "\
22303 Construction estimators
63201 Butchers - retail and wholesale
70010 Construction managers
70011 Home building and renovation managers
72100 Machinists and machining and tooling inspectors
72102 Sheet metal workers
72106 Welders and related machine operators
72200 Electricians (except industrial and power system)
72201 Industrial electricians
72300 Plumbers
72302 Gas fitters
72310 Carpenters
72311 Cabinetmakers
72320 Bricklayers
72400 Construction millwrights and industrial mechanics
72401 Heavy-duty equipment mechanics
72402 Heating, refrigeration and air conditioning mechanics
72422 Electrical mechanics
72501 Water well drillers
72999 Other technical trades and related occupations
73100 Concrete finishers
73110 Roofers and shinglers
73112 Painters and decorators (except interior decorators)
73113 Floor covering installers
82021 Contractors and supervisors, oil and gas drilling and services
";

pub(crate) const EDUCATION: &str = "\
41220 Secondary school teachers
41221 Elementary school and kindergarten teachers
42202 Early childhood educators and assistants
42203 Instructors of persons with disabilities
43100 Elementary and secondary school teacher assistants
";

pub(crate) const TRANSPORT_2023: &str = "\
70020 Managers in transportation
72403 Railway carmen/women
72404 Aircraft mechanics and aircraft inspectors
72600 Air pilots, flight engineers and flying instructors
72601 Air traffic controllers and related occupations
72602 Deck officers, water transport
72603 Engineer officers, water transport
72604 Railway traffic controllers and marine traffic regulators
73300 Transport truck drivers
93200 Aircraft assemblers and aircraft assembly inspectors
";

pub(crate) const TRANSPORT_2026: &str = "\
22313 Aircraft instrument, electrical and avionics mechanics, technicians and inspectors
72404 Aircraft mechanics and aircraft inspectors
72410 Automotive service technicians, truck and bus mechanics, and mechanical repairers
72600 Air pilots, flight engineers and flying instructors
";

pub(crate) const PHYSICIANS: &str = "\
31100 Specialists in clinical and laboratory medicine
31101 Specialists in surgery
31102 General practitioners and family physicians
";
